import * as tf from '@tensorflow/tfjs-core';
import type { KernelModule } from './module.ts';

/**
 * `tf.clone` that shares the numbers, as the CPU backend's does. The WASM backend copies them, and the tape clones every
 * tensor that a gradient needs.
 */
export function identityKernel({ backend }: KernelModule): tf.KernelConfig {
  return {
    kernelName: tf.Identity,
    backendName: 'wasm',
    kernelFunc({ inputs }) {
      const { x } = inputs as { x: tf.TensorInfo };
      if (x.dtype === 'string')
        return backend.makeOutput(x.shape, x.dtype, undefined, backend.readSync(x.dataId));
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  };
}

/** `tf.cast` to the type that the numbers have already: the gradients of products and differences ask for it at every turn. */
export function castKernel({ backend }: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Cast,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      if (x.dtype !== call.attrs!.dtype || x.dtype === 'string') return tfjs(call);
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  };
}
