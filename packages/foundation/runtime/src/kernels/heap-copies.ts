import * as tf from '@tensorflow/tfjs-core';
import { activeKernels } from './available.ts';
import { addressOf } from './heap.ts';

/** Writes a tensor's numbers to an array of as many; on the WASM heap without the copy that `dataSync` makes. */
export function readInto(tensor: tf.Tensor, target: Float32Array): void {
  const kernels = activeKernels();
  if (kernels === undefined || tensor.isDisposed || tensor.dtype !== 'float32') {
    target.set(tensor.dataSync());
    return;
  }
  const address = addressOf(kernels, tensor);
  target.set(new Float32Array(kernels.memory.buffer, address, tensor.size));
}

/**
 * A float32 tensor with a copy of the numbers, which may lie in memory that other threads share: `tf.tensor` may keep the array
 * that it is given.
 */
export function tensorOfCopy(values: Float32Array, shape: number[]): tf.Tensor {
  const kernels = activeKernels();
  if (kernels === undefined) return tf.tensor(values.slice(), shape);
  const tensor = tf
    .engine()
    .makeTensorFromTensorInfo(kernels.backend.makeOutput(shape, 'float32'), kernels.backend);
  const address = addressOf(kernels, tensor);
  new Float32Array(kernels.memory.buffer, address, tensor.size).set(values);
  return tensor;
}
