import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
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
      return shareNumbers(backend, x);
    },
  };
}

/** Another tensor of the same numbers. */
export function shareNumbers(backend: BackendWasm, { dataId, shape, dtype }: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}
