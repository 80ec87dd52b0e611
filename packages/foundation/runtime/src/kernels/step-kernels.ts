import * as tf from '@tensorflow/tfjs-core';
import { kernelsAvailable } from './available.ts';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';
import { checkTensors } from './sequence-check.ts';
import type { FusedSequence } from './sequence-kernels.ts';

const stepName = ({ name }: FusedSequence) => `${name}Step`;

/** Checks the arguments and runs one step: the new states, in the order of `sequence.states`. */
export function runStep(
  sequence: FusedSequence,
  states: readonly string[],
  tensors: Record<string, tf.Tensor>,
  flags: number[] = [],
): tf.Tensor[] {
  const caller = stepName(sequence);
  const { input, recurrentKernel } = tensors;
  const [batch = 0, inputSize = 0] = input?.shape ?? [];
  const hiddenSize = recurrentKernel?.shape[0] ?? 0;
  const width = sequence.gates * hiddenSize;
  checkTensors(caller, tensors, {
    input: [batch, inputSize],
    inputKernel: [inputSize, width],
    recurrentKernel: [hiddenSize, width],
    ...Object.fromEntries(sequence.biases.map((name) => [name, [width]])),
    ...Object.fromEntries(states.map((name) => [name, [batch, hiddenSize]])),
  });
  if (!kernelsAvailable()) {
    const before = states.map((name) => tensors[name] as tf.Tensor2D);
    return tf.tidy(() => sequence.step(tensors, input as tf.Tensor2D, before, flags));
  }
  const order = ['input', 'inputKernel', 'recurrentKernel', ...sequence.biases, ...states];
  const inputs = Object.fromEntries(order.map((name) => [name, tensors[name]!]));
  return tf.engine().runKernel(caller, inputs, { flags }) as unknown as tf.Tensor[];
}

/** The kernel of one step. Its inputs come in the order in which the module takes them. */
export function stepKernel(module: KernelModule, sequence: FusedSequence): tf.KernelConfig {
  return {
    kernelName: stepName(sequence),
    backendName: 'wasm',
    kernelFunc(call) {
      const inputs = Object.values(call.inputs as Record<string, tf.TensorInfo>);
      const { flags } = call.attrs as { flags: number[] };
      const [batch, inputSize] = inputs[0]!.shape as [number, number];
      const hiddenSize = inputs[2]!.shape[0]!;
      const next = sequence.states.map(() => module.backend.makeOutput([batch, hiddenSize], 'float32'));
      const addresses = [...inputs, ...next].map((tensor) => addressOf(module, tensor));
      withScratch(
        module,
        module[`${sequence.name}StepScratchSize`](batch, inputSize, hiddenSize),
        (scratch) =>
          module[`${sequence.name}Step`](batch, inputSize, hiddenSize, ...addresses, ...flags, scratch),
      );
      return next;
    },
  };
}
