import {
  disposeParams,
  flattenParams,
  type ParamTree,
  type Rng,
  readInto,
  restoreRng,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchLoss } from './fit.ts';
import { type Followed, followLoss } from './follow-loss.ts';
import {
  type FollowedShare,
  type Layout,
  partOf,
  receiveTree,
  type SentShare,
  sendTree,
} from './team-messages.ts';

/** The loss that `fit` takes; a method, so that a model may say more of its carried state than that it is a tree. */
export type Loss<Params extends ParamTree, Batch> = {
  loss(params: Params, batch: Batch, context: { carried?: ParamTree | undefined; rng: Rng }): BatchLoss;
}['loss'];

/**
 * What each member of a team does, the leader too: takes shares until none is left, and leaves the gradients of each in its place in
 * the shared memory. A loss is weighted before its gradient is followed, so that the gradients of all shares need only be added.
 *
 * @param next the share that is taken next, one counter for all members
 */
export function followShares<Params extends ParamTree, Batch>(
  loss: Loss<Params, Batch>,
  params: Params,
  {
    step,
    shares,
    next,
    layout,
  }: { step: number; shares: readonly SentShare[]; next: Int32Array; layout: Layout },
): FollowedShare[] {
  const places = new Map(layout.map((place) => [place.path, place]));
  const followed: FollowedShare[] = [];
  for (let index = Atomics.add(next, 0, 1); index < shares.length; index = Atomics.add(next, 0, 1)) {
    const { batch, weight, carried: sent, rng, gradients } = shares[index]!;
    const carried = sent && receiveTree(sent);
    let found: Followed<Params> | undefined;
    try {
      found = followLoss(params, step, (p) =>
        weighted(loss(p, batch as Batch, { carried, rng: restoreRng(rng) }), weight),
      );
      for (const [path, gradient] of flattenParams(found.gradients))
        readInto(gradient, partOf(gradients, places.get(path)!));
      followed.push({ index, loss: found.loss, carried: found.carried && sendTree(found.carried) });
    } catch (error) {
      // What the others would find has no use any more.
      Atomics.store(next, 0, shares.length);
      throw error;
    } finally {
      disposeParams([carried ?? [], found?.gradients ?? [], found?.carried ?? []]);
    }
  }
  return followed;
}

function weighted(result: BatchLoss, weight: number): BatchLoss {
  return result?.loss instanceof tf.Tensor ? { ...result, loss: tf.mul(result.loss, weight) } : result;
}
