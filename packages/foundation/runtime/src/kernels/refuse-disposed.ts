import type * as tf from '@tensorflow/tfjs-core';

/** The kernel, with tfjs's own "Tensor is disposed" in front of it: the numbers of a disposed tensor may lie under others. */
export function refuseDisposed(kernel: tf.KernelConfig): tf.KernelConfig {
  return {
    ...kernel,
    kernelFunc(call) {
      for (const input of Object.values(call.inputs)) {
        for (const tensor of [input].flat()) (tensor as Partial<tf.Tensor> | undefined)?.throwIfDisposed?.();
      }
      return kernel.kernelFunc(call);
    },
  };
}
