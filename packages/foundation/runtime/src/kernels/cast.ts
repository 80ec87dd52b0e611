import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { shareNumbers } from './identity.ts';
import type { KernelModule } from './module.ts';

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
      const { dtype } = call.attrs as { dtype: tf.DataType };
      if (x.dtype === 'string') return tfjs(call);
      if (x.dtype === dtype) return shareNumbers(backend, x);
      return dtype === 'bool' ? notZero(backend, x) : tfjs(call);
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
