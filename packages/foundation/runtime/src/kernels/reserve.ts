import type * as tf from '@tensorflow/tfjs-core';
import { allocate } from './heap.ts';
import type { Address, KernelModule } from './module.ts';
import type { SequencePlan } from './sequence-plan.ts';

/** What the forward pass leaves for the backward pass: the plan and the activations, in one block of the heap. */
export interface Reserve {
  plan: SequencePlan;
  offsets: Address;
  rowIndex: Address;
  order: Address;
  activations: Address;
}

/** By tfjs's own record of a tensor's place: one that goes to another backend and comes back gets a new one. */
const reserves = new WeakMap<object, Reserve>();

/**
 * Allocates a reserve and the tensor that owns its block. To tfjs it is one number: the tape then neither copies it nor fills
 * a gradient of its size with zeros.
 */
export function allocateReserve(
  module: KernelModule,
  plan: SequencePlan,
  floats: number,
): { info: tf.TensorInfo; reserve: Reserve } {
  const planWords = (plan.words.length + 3) & ~3;
  const offsets = allocate(module, planWords + floats);
  new Int32Array(module.memory.buffer, offsets, plan.words.length).set(plan.words);
  const rowIndex = offsets + 4 * (plan.steps + 1);
  const order = rowIndex + 4 * plan.rows;
  const reserve = { plan, offsets, rowIndex, order, activations: offsets + 4 * planWords };
  const info = module.backend.makeOutput([1], 'int32', offsets);
  reserves.set(module.backend.dataIdMap.get(info.dataId), reserve);
  return { info, reserve };
}

/** The reserve that a tensor owns. */
export function reserveOf(module: KernelModule, tensor: tf.TensorInfo): Reserve {
  const reserve = reserves.get(module.backend.dataIdMap.get(tensor.dataId));
  if (reserve === undefined) {
    throw new Error(
      'The saved activations of a fused sequence kernel were moved: differentiate on the backend that ran it.',
    );
  }
  return reserve;
}
