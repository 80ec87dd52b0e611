import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

/** What tells one fused optimizer from another. */
export interface FusedOptimizer {
  name: 'adam' | 'sgd' | 'rmsprop';
  /** What it remembers of every parameter, in the order in which the module takes it. */
  slots: readonly string[];
}

/** The tensors of one parameter by name: `gradient`, the slots, and `param` where it decays. */
type Leaf = { readonly [name: string]: tf.Tensor | undefined };

const kernelName = ({ name }: FusedOptimizer) => `${name}Update`;

/**
 * One step of an optimizer for all parameters, in one call of the engine.
 *
 * @param settings the plain numbers, in the order in which the module takes them
 * @returns for every leaf the `update` and the next slots
 */
export function runOptimizer(
  optimizer: FusedOptimizer,
  leaves: readonly Leaf[],
  settings: number[],
): Record<string, tf.Tensor>[] {
  const caller = kernelName(optimizer);
  const inputs: tf.NamedTensorMap = {};
  for (const [i, leaf] of leaves.entries()) {
    const expected = leaf.gradient?.shape ?? [];
    for (const name of ['gradient', ...optimizer.slots, 'param']) {
      const tensor = leaf[name];
      if (tensor === undefined) continue;
      if (tensor.dtype !== 'float32' || tensor.shape.join() !== expected.join()) {
        throw new RangeError(
          `${caller}: \`${name}\` of leaf ${i} is ${tensor.dtype} [${tensor.shape.join(', ')}], expected float32 [${expected.join(', ')}] like the gradient.`,
        );
      }
      inputs[`${i}.${name}`] = tensor;
    }
  }
  const attributes = { count: leaves.length, settings };
  const results = tf.engine().runKernel(caller, inputs, attributes) as unknown as tf.Tensor[];
  let next = 0;
  return leaves.map((leaf) => {
    const kept = optimizer.slots.filter((slot) => leaf[slot] !== undefined);
    return Object.fromEntries(['update', ...kept].map((name) => [name, results[next++]!]));
  });
}

/** The kernel of an optimizer: one pass over each parameter, nothing allocated but the results. */
export function optimizerKernel(module: KernelModule, optimizer: FusedOptimizer): tf.KernelConfig {
  return {
    kernelName: kernelName(optimizer),
    backendName: 'wasm',
    kernelFunc(call) {
      const inputs = call.inputs as Record<string, tf.TensorInfo | undefined>;
      const { count, settings } = call.attrs as unknown as { count: number; settings: number[] };
      const results: tf.TensorInfo[] = [];
      const at = (info: tf.TensorInfo | undefined) => (info === undefined ? 0 : addressOf(module, info));
      for (let i = 0; i < count; i++) {
        const gradient = inputs[`${i}.gradient`]!;
        const slots = optimizer.slots.map((name) => inputs[`${i}.${name}`]);
        const made = [gradient, ...slots].map(
          (info) => info && module.backend.makeOutput(gradient.shape, 'float32'),
        );
        module[optimizer.name](
          ...made.map(at),
          at(gradient),
          ...slots.map(at),
          at(inputs[`${i}.param`]),
          tf.util.sizeFromShape(gradient.shape),
          ...settings,
        );
        for (const info of made) if (info) results.push(info);
      }
      return results;
    },
  };
}
