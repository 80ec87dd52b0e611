import * as tf from '@tensorflow/tfjs-core';
import { isEmpty, zeros } from './empty-tensors.ts';
import type { KernelModule } from './module.ts';

/** `tf.transpose`, of a tensor without numbers too: tfjs divides by their number. */
export function transposeKernel(module: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Transpose,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      if (x.dtype === 'string' || !isEmpty(x)) return tfjs(call);
      const { perm } = call.attrs as { perm: number[] };
      return zeros(
        module,
        perm.map((axis) => x.shape[axis]!),
        x.dtype,
      );
    },
  };
}
