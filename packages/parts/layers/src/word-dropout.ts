import { checkNumber, checkRng, checkTensor, dropoutMask, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { EmbeddingParams } from './embedding.ts';

/**
 * Puts the unknown token in the place of others with probability `rate`, each for itself, so that a model learns to do
 * without any one of them (Bowman et al. 2016, https://arxiv.org/abs/1511.06349). For training only.
 *
 * @param tokenIds [batch, time], int32
 * @param keep     ids that stay: padding, the ends of a sentence
 * @throws ArgumentError when the rate is not in [0, 1], the unknown id is none, or the `rng` no generator
 */
export function wordDropout(
  tokenIds: tf.Tensor2D,
  { rate, unknownId, keep = [] }: { rate: number; unknownId: number; keep?: readonly number[] },
  rng: Rng,
): tf.Tensor2D {
  checkTensor('wordDropout', 'tokenIds', tokenIds, ['batch', 'time']);
  checkNumber('wordDropout', 'rate', rate, 'a number from 0 to 1');
  checkNumber('wordDropout', 'unknownId', unknownId, 'a whole number');
  checkRng(rng, 'uniform', 'wordDropout');
  const kept = new Set(keep);
  const ids = Array.from(tokenIds.dataSync(), (id) => {
    // One draw for each token, kept or not, so that what is kept moves nobody else's chance.
    const dropped = rng.uniform() < rate;
    return dropped && !kept.has(id) ? unknownId : id;
  });
  return tf.tensor2d(ids, tokenIds.shape, 'int32');
}

/**
 * Zeroes whole vectors of the table, and scales the others by 1 / (1 − rate): a token that is dropped is dropped wherever
 * it occurs in the batch (Gal & Ghahramani 2016, https://arxiv.org/abs/1512.05287). For training only.
 *
 * @returns parameters to look up in, for this batch
 * @throws ArgumentError when the rate is not in [0, 1], or for an `rng` that is no generator
 */
export function embeddingDropout({ table }: EmbeddingParams, rate: number, rng: Rng): EmbeddingParams {
  return {
    table: tf.tidy(() =>
      tf.mul(table, dropoutMask<tf.Rank.R2>(rng, [table.shape[0], 1], rate, { where: 'embeddingDropout' })),
    ),
  };
}
