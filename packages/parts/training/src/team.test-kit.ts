import * as tf from '@tensorflow/tfjs-core';
import type { Loss } from './follow-shares.ts';

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

/** What `startTeam` asks of a batch: its rows, and some of them. */
export const ofRows = {
  rows: (batch: Batch) => batch.length,
  slice: (batch: Batch, start: number, end: number) => ({
    batch: batch.slice(start, end),
    tokens: end - start,
  }),
};
