import * as tf from '@tensorflow/tfjs-core';
import { addressOf, withScratch } from './heap.ts';
import type { KernelModule } from './module.ts';
import { reserveOf } from './reserve.ts';

const SEQUENCE_INPUT_GRADIENT = 'sequenceInputGradient';

/**
 * The gradient of a sequence's inputs from that of its gates: a kernel of its own, because a first layer on plain data never
 * asks for it.
 */
export function sequenceInputGradient(
  dGates: tf.Tensor,
  inputKernel: tf.Tensor,
  reserve: tf.Tensor,
): tf.Tensor {
  return tf.engine().runKernel(SEQUENCE_INPUT_GRADIENT, { dGates, inputKernel, reserve }) as tf.Tensor;
}

export function sequenceInputGradientKernel(module: KernelModule): tf.KernelConfig {
  return {
    kernelName: SEQUENCE_INPUT_GRADIENT,
    backendName: 'wasm',
    kernelFunc(call) {
      const { dGates, inputKernel, reserve } = call.inputs as Record<
        'dGates' | 'inputKernel' | 'reserve',
        tf.TensorInfo
      >;
      const { plan, rowIndex } = reserveOf(module, reserve);
      const [inputSize, width] = inputKernel.shape as [number, number];
      const dInputs = module.backend.makeOutput([plan.batch, plan.time, inputSize], 'float32');
      withScratch(module, module.inputGradientScratchSize(plan.rows, inputSize, width), (scratch) =>
        module.inputGradient(
          addressOf(module, dInputs),
          addressOf(module, dGates),
          addressOf(module, inputKernel),
          rowIndex,
          plan.rows,
          plan.batch * plan.time,
          inputSize,
          width,
          scratch,
        ),
      );
      return dInputs;
    },
  };
}
