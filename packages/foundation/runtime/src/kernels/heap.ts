import type * as tf from '@tensorflow/tfjs-core';
import type { Address, KernelModule } from './module.ts';

/** Where a tensor's numbers lie. Addresses stay when the heap grows; typed-array views do not. */
export function addressOf({ backend }: KernelModule, tensor: tf.TensorInfo): Address {
  return backend.getMemoryOffset(tensor.dataId);
}

/** Of the processor's caches. */
export const lineBytes = 64;
/** From any block to the next line at most: emscripten's begin at multiples of eight bytes. */
export const spareBytes: number = lineBytes - 8;

export function wholeLines(bytes: number): number {
  return Math.ceil(bytes / lineBytes) * lineBytes;
}

/** A block of `floats` 4-byte words. */
export function allocate({ malloc }: KernelModule, floats: number): Address {
  return malloc(Math.max(4 * floats, 16)) >>> 0;
}

/**
 * Runs `work` with a block of `floats` 4-byte words that is freed afterwards. It begins where a line of the caches does: of
 * blocks as they come, every fourth load of a vector takes from two lines.
 */
export function withScratch(module: KernelModule, floats: number, work: (scratch: Address) => void): void {
  const block = allocate(module, floats + spareBytes / 4);
  try {
    work(wholeLines(block));
  } finally {
    module.free(block);
  }
}
