import * as tf from '@tensorflow/tfjs-core';
import { drawMask, kernelsAvailable } from './kernels/index.ts';
import { drawInPlace, type Rng } from './rng.ts';
import { checkNumber } from './shape.ts';

/**
 * Zeros with probability `rate`, elsewhere 1 / (1 − rate), so that multiplying by it keeps the mean (Srivastava et
 * al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, in the "inverted" form). One draw for each number; the same
 * generator gives the same mask on every backend.
 *
 * @throws ArgumentError when the rate is not in [0, 1]
 */
export function dropoutMask<R extends tf.Rank>(rng: Rng, shape: tf.ShapeMap[R], rate: number): tf.Tensor<R> {
  checkNumber('dropoutMask', 'rate', rate, 'a number from 0 to 1');
  const threshold = Math.round(rate * 2 ** 32);
  const kept = rate < 1 ? 1 / (1 - rate) : 0;
  const fused = kernelsAvailable() && drawInPlace(rng, (state) => drawMask<R>(state, shape, threshold, kept));
  return fused || composedMask(rng, shape, threshold, kept);
}

/** The definition: one number of the generator after another. */
export function composedMask<R extends tf.Rank>(
  rng: Rng,
  shape: tf.ShapeMap[R],
  threshold: number,
  kept: number,
): tf.Tensor<R> {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < values.length; i++) values[i] = rng.uint32() < threshold ? 0 : kept;
  return tf.tensor(values, shape);
}
