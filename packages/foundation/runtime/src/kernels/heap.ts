import type * as tf from '@tensorflow/tfjs-core';
import type { Address, KernelModule } from './module.ts';

/** Where a tensor's numbers lie. Addresses stay when the heap grows; typed-array views do not. */
export function addressOf({ backend }: KernelModule, tensor: tf.TensorInfo): Address {
  return backend.getMemoryOffset(tensor.dataId);
}

/** A block of `floats` 4-byte words. */
export function allocate({ malloc }: KernelModule, floats: number): Address {
  return malloc(Math.max(4 * floats, 16)) >>> 0;
}

/** Runs `work` with a block of `floats` 4-byte words that is freed afterwards. */
export function withScratch(module: KernelModule, floats: number, work: (scratch: Address) => void): void {
  const scratch = allocate(module, floats);
  try {
    work(scratch);
  } finally {
    module.free(scratch);
  }
}
