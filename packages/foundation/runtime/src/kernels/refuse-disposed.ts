import type * as tf from '@tensorflow/tfjs-core';

/** The kernel, with tfjs's own "Tensor is disposed" in front of it: the numbers of a disposed tensor may lie under others. */
export function refuseDisposed(kernel: tf.KernelConfig): tf.KernelConfig {
  return {
    ...kernel,
    kernelFunc(call) {
      const inputs = call.inputs as Record<string, Partial<tf.Tensor> | undefined>;
      for (const name in inputs) if (inputs[name]?.isDisposed) inputs[name].throwIfDisposed?.();
      return kernel.kernelFunc(call);
    },
  };
}
