import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from './serve-gradients.ts';
import type { Share } from './team.ts';

/** A small recurrent network: what a team learns in the tests. */
export type Params = { recurrent: { kernel: tf.Tensor2D }; bias: tf.Tensor1D };

/** Numbers, one row for each sequence. */
export type Batch = number[][];

/** h′ = tanh(x + h K + b), from the state that is carried; the loss is the mean square distance from 0.5, with noise if asked for. */
export const lossWith =
  (noise: number): Loss<Params, Batch> =>
  ({ recurrent, bias }, rows, { carried, rng }) => {
    const x = tf.tensor2d(rows);
    const before = (carried as { hidden: tf.Tensor2D } | undefined)?.hidden ?? tf.zerosLike(x);
    const hidden = tf.tanh(tf.add(tf.add(x, tf.matMul(before, recurrent.kernel)), bias)) as tf.Tensor2D;
    const target = 0.5 + noise * rng.normal();
    return { loss: tf.mean(tf.square(tf.sub(hidden, target))) as tf.Scalar, carried: { hidden } };
  };

/** Rows as evenly as can be, the first shares the larger ones. */
export function splitRowsOf(batch: Batch, members: number): Share<Batch>[] {
  const shares = Math.min(members, batch.length);
  return Array.from({ length: shares }, (_, i) => {
    const [from, to] = [i, i + 1].map((n) => Math.ceil((n * batch.length) / shares));
    return { batch: batch.slice(from, to), tokens: to! - from!, rows: to! - from! };
  });
}
