import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { Address, KernelModule } from './module.ts';

/** Of the processor's caches. */
const lineBytes = 64;

/** Parameters in one block: matrices in the panels that streams read, vectors as they are. */
export interface PackedParams {
  /** Holds the block: alive until it is disposed, whatever tidy it was made in. */
  block: tf.Tensor;
  /** Where each parameter lies; 0 where there is none. */
  addresses: Address[];
}

/** Copies the parameters; blocks of the heap stay where they are. */
export function packParams(module: KernelModule, params: readonly (tf.Tensor | undefined)[]): PackedParams {
  const bytes = params.map((param) => {
    if (param === undefined) return 0;
    return wholeLines(
      4 * (param.rank === 2 ? module.panelsSize(param.shape[0]!, param.shape[1]!) : param.size),
    );
  });
  const size = bytes.reduce((sum, bytes) => sum + bytes, lineBytes) / 4;
  const info = module.backend.makeOutput([size], 'float32');
  const block = tf.keep(tf.engine().makeTensorFromTensorInfo(info, module.backend));
  // Blocks of the heap begin anywhere: every fourth load of a panel would take from two lines.
  let next = wholeLines(addressOf(module, block));
  const addresses = params.map((param, i) => {
    const to = next;
    if (param === undefined) return 0;
    next += bytes[i]!;
    const from = addressOf(module, param);
    if (param.rank === 2) module.packPanels(to, from, param.shape[0]!, param.shape[1]!);
    else new Uint8Array(module.memory.buffer).copyWithin(to, from, from + 4 * param.size);
    return to;
  });
  return { block, addresses };
}

function wholeLines(bytes: number): number {
  return Math.ceil(bytes / lineBytes) * lineBytes;
}
