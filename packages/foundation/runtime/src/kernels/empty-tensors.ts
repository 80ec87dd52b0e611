import * as tf from '@tensorflow/tfjs-core';
import type { KernelModule } from './module.ts';

// tfjs's WASM kernels trap on tensors of no numbers, or return what the heap held before.

export function isEmpty({ shape }: tf.TensorInfo): boolean {
  return tf.util.sizeFromShape(shape) === 0;
}

export function zeros({ backend }: KernelModule, shape: number[], dtype: tf.DataType): tf.TensorInfo {
  const output = backend.makeOutput(shape, dtype);
  backend.typedArrayFromHeap(output).fill(0);
  return output;
}
