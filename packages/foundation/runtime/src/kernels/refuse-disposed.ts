import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';

/**
 * The kernel, with tfjs's own "Tensor is disposed" in front of it: the numbers of a disposed tensor may lie under others. One
 * whose numbers another tensor shares is let through: tfjs's gradient of `logSigmoid` reads such a one.
 */
export function refuseDisposed({ dataIdMap }: BackendWasm, kernel: tf.KernelConfig): tf.KernelConfig {
  return {
    ...kernel,
    kernelFunc(call) {
      const inputs = call.inputs as Record<string, Partial<tf.Tensor> | undefined>;
      for (const name in inputs) {
        const input = inputs[name];
        if (input?.isDisposed && !dataIdMap.has(input.dataId!)) input.throwIfDisposed?.();
      }
      return kernel.kernelFunc(call);
    },
  };
}
