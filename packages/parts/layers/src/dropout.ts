import { dropoutMask, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Zeroes numbers with probability `rate` and scales the others by 1 / (1 − rate) (Srivastava et al. 2014,
 * https://jmlr.org/papers/v15/srivastava14a.html). For training only: to predict, leave it out.
 *
 * @throws ArgumentError when the rate is not in [0, 1]
 */
export function dropout<R extends tf.Rank>(inputs: tf.Tensor<R>, rate: number, rng: Rng): tf.Tensor<R> {
  return tf.tidy(() => tf.mul(inputs, dropoutMask<R>(rng, inputs.shape, rate)));
}
