import * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import type { Address, KernelModule } from './module.ts';

/** Parameters in one block: matrices in the panels that streams read, vectors as they are. */
export interface PackedParams {
  /** Holds the block: alive until it is disposed, whatever tidy it was made in. */
  block: tf.Tensor;
  /** Where each parameter lies; 0 where there is none. */
  addresses: Address[];
}

/** Copies the parameters; blocks of the heap stay where they are. */
export function packParams(module: KernelModule, params: readonly (tf.Tensor | undefined)[]): PackedParams {
  const sizes = params.map((param) => {
    if (param === undefined) return 0;
    return param.rank === 2 ? module.panelsSize(param.shape[0]!, param.shape[1]!) : param.size;
  });
  const floats = sizes.reduce((sum, size) => sum + size, 0);
  const info = module.backend.makeOutput([floats], 'float32');
  const block = tf.keep(tf.engine().makeTensorFromTensorInfo(info, module.backend));
  let next = addressOf(module, block);
  const addresses = params.map((param, i) => {
    const to = next;
    if (param === undefined) return 0;
    next += 4 * sizes[i]!;
    const from = addressOf(module, param);
    if (param.rank === 2) module.packPanels(to, from, param.shape[0]!, param.shape[1]!);
    else new Uint8Array(module.memory.buffer).copyWithin(to, from, from + 4 * param.size);
    return to;
  });
  return { block, addresses };
}
