import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { KernelModule } from './module.ts';

const GLOBAL_NORM = 'globalNorm';

/** √Σ x² over all numbers of all tensors, added up in float64. Ask `kernelsAvailable()` first. */
export function fusedGlobalNorm(tensors: readonly tf.Tensor[]): tf.Scalar {
  for (const [i, { dtype }] of tensors.entries()) {
    if (dtype !== 'float32')
      throw new TypeError(`fusedGlobalNorm: tensor ${i} is ${dtype}, expected float32.`);
  }
  return tf
    .engine()
    .runKernel(GLOBAL_NORM, Object.fromEntries(tensors.map((tensor, i) => [String(i), tensor]))) as tf.Scalar;
}

export function globalNormKernel(module: KernelModule): tf.KernelConfig {
  return {
    kernelName: GLOBAL_NORM,
    backendName: 'wasm',
    kernelFunc({ inputs }) {
      let sum = 0;
      for (const tensor of Object.values(inputs as Record<string, tf.TensorInfo>)) {
        sum += module.sumOfSquares(addressOf(module, tensor), tf.util.sizeFromShape(tensor.shape));
      }
      return module.backend.makeOutput([], 'float32', undefined, Float32Array.of(Math.sqrt(sum)));
    },
  };
}
