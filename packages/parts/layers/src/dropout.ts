import { checkTensor, dropoutMask, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Zeroes numbers with probability `rate` and scales the others by 1 / (1 − rate) (Srivastava et al. 2014,
 * https://jmlr.org/papers/v15/srivastava14a.html). For training only: to predict, leave it out.
 *
 * @throws ArgumentError when the rate is not in [0, 1], or for an `rng` that is no generator
 */
export function dropout<R extends tf.Rank>(inputs: tf.Tensor<R>, rate: number, rng: Rng): tf.Tensor<R> {
  return tf.tidy(() => tf.mul(inputs, dropoutMask<R>(rng, inputs.shape, rate, { where: 'dropout' })));
}

/**
 * Zeroes whole features of a sequence, the same ones at every step, and scales the others by 1 / (1 − rate) (variational
 * or locked dropout, Gal & Ghahramani 2016, https://arxiv.org/abs/1512.05287). For training only.
 *
 * @param inputs [batch, time, features]
 * @throws ShapeError for inputs that are no sequences, ArgumentError when the rate is not in [0, 1], or for an `rng` that is no
 *   generator
 */
export function lockedDropout(inputs: tf.Tensor3D, rate: number, rng: Rng): tf.Tensor3D {
  checkTensor('lockedDropout', 'inputs', inputs, ['batch', 'time', 'features']);
  const [batch, , features] = inputs.shape;
  return tf.tidy(() =>
    tf.mul(inputs, dropoutMask<tf.Rank.R3>(rng, [batch, 1, features], rate, { where: 'lockedDropout' })),
  );
}
