import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

const ADAM_UPDATE = 'adamUpdate';
const GLOBAL_NORM = 'globalNorm';

export interface AdamUpdateArgs {
  param: tf.Tensor;
  gradient: tf.Tensor;
  /** Running mean of the gradient, zeros before the first step. */
  mean: tf.Tensor;
  /** Running mean of the squared gradient, zeros before the first step. */
  square: tf.Tensor;
  /** 1 for the first step. */
  step: number;
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled weight decay (Loshchilov and Hutter 2019), 0 for plain Adam. */
  weightDecay: number;
  /** What the gradient is multiplied by first: clipping by the global norm costs no pass of its own. */
  gradientScale: number;
}

/** One step of Adam (Kingma and Ba 2015) or AdamW for one parameter in one pass; the arguments stay as they are. */
export function adamUpdate({ param, gradient, mean, square, ...attributes }: AdamUpdateArgs): {
  param: tf.Tensor;
  mean: tf.Tensor;
  square: tf.Tensor;
} {
  for (const [name, tensor] of Object.entries({ gradient, mean, square })) {
    if (tensor.dtype !== 'float32' || tensor.size !== param.size) {
      throw new RangeError(
        `adamUpdate: \`${name}\` is ${tensor.dtype} [${tensor.shape.join(', ')}], expected float32 [${param.shape.join(', ')}] like the parameter.`,
      );
    }
  }
  const [nextParam, nextMean, nextSquare] = tf
    .engine()
    .runKernel(ADAM_UPDATE, { param, gradient, mean, square }, attributes) as unknown as [
    tf.Tensor,
    tf.Tensor,
    tf.Tensor,
  ];
  return { param: nextParam, mean: nextMean, square: nextSquare };
}

/** √Σ x² over all numbers of all tensors, added up in float64. */
export function fusedGlobalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  return tf
    .engine()
    .runKernel(GLOBAL_NORM, Object.fromEntries(tensors.map((tensor, i) => [String(i), tensor]))) as tf.Scalar;
}

export function adamKernels(module: KernelModule): tf.KernelConfig[] {
  const at = (tensor: tf.TensorInfo) => addressOf(module, tensor);
  return [
    {
      kernelName: ADAM_UPDATE,
      backendName: 'wasm',
      kernelFunc(call) {
        const { param, gradient, mean, square } = call.inputs as Record<
          'param' | 'gradient' | 'mean' | 'square',
          tf.TensorInfo
        >;
        const { step, learningRate, beta1, beta2, epsilon, weightDecay, gradientScale } =
          call.attrs as unknown as AdamUpdateArgs;
        const results = [param, mean, square].map(({ shape }) => module.backend.makeOutput(shape, 'float32'));
        module.adam(
          ...results.map(at),
          at(param),
          at(gradient),
          at(mean),
          at(square),
          param.shape.reduce((product, length) => product * length, 1),
          gradientScale,
          learningRate,
          beta1,
          beta2,
          epsilon,
          weightDecay,
          1 - beta1 ** step,
          1 - beta2 ** step,
        );
        return results;
      },
    },
    {
      kernelName: GLOBAL_NORM,
      backendName: 'wasm',
      kernelFunc({ inputs }) {
        let sum = 0;
        for (const tensor of Object.values(inputs as Record<string, tf.TensorInfo>)) {
          sum += module.sumOfSquares(
            at(tensor),
            tensor.shape.reduce((product, length) => product * length, 1),
          );
        }
        return module.backend.makeOutput([], 'float32', undefined, Float32Array.of(Math.sqrt(sum)));
      },
    },
  ];
}
