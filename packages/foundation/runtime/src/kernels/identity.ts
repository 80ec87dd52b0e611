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
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  };
}

/**
 * `tf.cast` to the type that the numbers have already: the gradients of products and differences ask for it at every turn. And
 * to bool, where tfjs keeps the lowest byte of the whole number instead of asking whether there is any.
 */
export function castKernel({ backend }: KernelModule, tfjs: tf.KernelFunc): tf.KernelConfig {
  return {
    kernelName: tf.Cast,
    backendName: 'wasm',
    kernelFunc(call) {
      const { x } = call.inputs as { x: tf.TensorInfo };
      if (x.dtype === 'string') return tfjs(call);
      if (x.dtype !== call.attrs!.dtype)
        return call.attrs!.dtype === 'bool' ? notZero(backend, x) : tfjs(call);
      backend.incRef(x.dataId);
      return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
    },
  };
}

function notZero(backend: BackendWasm, x: tf.TensorInfo): tf.TensorInfo {
  const output = backend.makeOutput(x.shape, 'bool');
  const numbers = backend.typedArrayFromHeap(x);
  const bools = backend.typedArrayFromHeap(output);
  for (let i = 0; i < numbers.length; i++) bools[i] = numbers[i] === 0 ? 0 : 1;
  return output;
}
