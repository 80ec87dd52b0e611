import * as tf from '@tensorflow/tfjs-core';
import { kernelsAvailable } from './available.ts';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';
import { checkTensors } from './sequence-check.ts';
import type { FusedSequence } from './sequence-kernels.ts';
import { cellSizes, paramShapes, stateWidths } from './sequence-sizes.ts';

const stepName = ({ name }: FusedSequence) => `${name}Step`;

/** Checks the arguments and runs one step: the new states, in the order of `sequence.states`. */
export function runStep(
  sequence: FusedSequence,
  states: readonly string[],
  tensors: Record<string, tf.Tensor | undefined>,
  flags: number[] = [],
): tf.Tensor[] {
  const caller = stepName(sequence);
  const { input } = tensors;
  const batch = input?.shape[0] ?? 0;
  const sizes = cellSizes(tensors, input);
  const widths = stateWidths(sequence, sizes);
  const shapes = {
    input: [batch, sizes.inputSize],
    ...paramShapes(sequence, sizes, tensors),
    ...Object.fromEntries(states.map((name, i) => [name, [batch, widths[i]!]])),
  };
  checkTensors(caller, tensors, shapes);
  const inputs = Object.fromEntries(Object.keys(shapes).map((name) => [name, tensors[name]!]));
  if (!kernelsAvailable()) {
    const before = states.map((name) => inputs[name] as tf.Tensor2D);
    return tf.tidy(() => sequence.step(inputs, input as tf.Tensor2D, before, flags));
  }
  return tf.engine().runKernel(caller, inputs, { flags, states: [...states] }) as unknown as tf.Tensor[];
}

/** The kernel of one step. */
export function stepKernel(module: KernelModule, sequence: FusedSequence): tf.KernelConfig {
  const { name, biases, options } = sequence;
  return {
    kernelName: stepName(sequence),
    backendName: 'wasm',
    kernelFunc(call) {
      const inputs = call.inputs as Record<string, tf.TensorInfo>;
      const { flags, states } = call.attrs as { flags: number[]; states: string[] };
      const batch = inputs.input!.shape[0]!;
      const sizes = cellSizes(inputs, inputs.input);
      const told = sequence.sizes.map((size) => sizes[size]);
      const next = stateWidths(sequence, sizes).map((width) =>
        module.backend.makeOutput([batch, width], 'float32'),
      );
      const order = [
        'input',
        'inputKernel',
        'recurrentKernel',
        ...biases,
        ...Object.keys(options),
        ...states,
      ];
      const tensors = [...order.map((key) => inputs[key]), ...next];
      const addresses = tensors.map((tensor) => (tensor === undefined ? 0 : addressOf(module, tensor)));
      withScratch(module, module[`${name}StepScratchSize`](batch, ...told), (scratch) =>
        module[`${name}Step`](batch, ...told, ...addresses, ...flags, scratch),
      );
      return next;
    },
  };
}
