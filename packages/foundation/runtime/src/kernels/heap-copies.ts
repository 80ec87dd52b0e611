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
 *
 * @throws RangeError when the shape does not hold as many numbers
 */
export function tensorOfCopy(values: Float32Array, shape: number[]): tf.Tensor {
  const sizes = shape.every((length) => Number.isInteger(length) && length >= 0);
  if (!sizes || tf.util.sizeFromShape(shape) !== values.length) {
    throw new RangeError(
      `tensorOfCopy: ${values.length} numbers for a tensor of shape [${shape.join(', ')}], expected as many as the shape holds. ` +
        'Pass another shape, or a part of the array by `subarray`.',
    );
  }
  const kernels = activeKernels();
  if (kernels === undefined) return tf.tensor(values.slice(), shape);
  const tensor = tf
    .engine()
    .makeTensorFromTensorInfo(kernels.backend.makeOutput(shape, 'float32'), kernels.backend);
  const address = addressOf(kernels, tensor);
  new Float32Array(kernels.memory.buffer, address, tensor.size).set(values);
  return tensor;
}
