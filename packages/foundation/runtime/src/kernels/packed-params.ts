import * as tf from '@tensorflow/tfjs-core';
import { addressOf, spareBytes, wholeLines } from './heap.ts';
import type { Address, KernelModule } from './module.ts';

/** A vector, or a matrix with perhaps another one below it, or nothing. */
export type PackedParam = readonly (tf.Tensor | undefined)[];

/** Parameters in one block: matrices in the panels that streams read, vectors as they are. */
export interface PackedParams {
  /** Holds the block: alive until it is disposed, whatever tidy it was made in. */
  block: tf.Tensor;
  /** Where each parameter lies; 0 where there is none. */
  addresses: Address[];
  /** Where the free room begins. */
  room: Address;
}

/**
 * Copies the parameters, each to whole lines of the caches; blocks of the heap stay where they are.
 *
 * @param room floats that are left free behind them
 */
export function packParams(module: KernelModule, params: readonly PackedParam[], room: number): PackedParams {
  const bytes = params.map((param) => wholeLines(4 * sizeOf(module, param)));
  const size = bytes.reduce((sum, bytes) => sum + bytes, spareBytes) / 4 + room;
  const info = module.backend.makeOutput([size], 'float32');
  const block = tf.keep(tf.engine().makeTensorFromTensorInfo(info, module.backend));
  let next = wholeLines(addressOf(module, block));
  const addresses = params.map((param, i) => {
    const to = next;
    next += bytes[i]!;
    return param[0] === undefined ? 0 : pack(module, to, param);
  });
  return { block, addresses, room: next };
}

function sizeOf(module: KernelModule, [first, below]: PackedParam): number {
  if (first?.rank !== 2) return first?.size ?? 0;
  return module.panelsSize(first.shape[0]! + (below?.shape[0] ?? 0), first.shape[1]!);
}

function pack(module: KernelModule, to: Address, [first, below]: PackedParam): Address {
  const from = addressOf(module, first!);
  if (first!.rank === 2) {
    const [depth, columns] = first!.shape as [number, number];
    const second = below ? [addressOf(module, below), below.shape[0]!] : [0, 0];
    module.packPanels(to, from, depth, ...second, columns);
  } else new Uint8Array(module.memory.buffer).copyWithin(to, from, from + 4 * first!.size);
  return to;
}
