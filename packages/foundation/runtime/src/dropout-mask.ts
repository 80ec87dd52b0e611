import * as tf from '@tensorflow/tfjs-core';
import { checkStarted } from './check-started.ts';
import { drawMask, kernelsAvailable } from './kernels/index.ts';
import { checkRng, drawInPlace, type Rng } from './rng.ts';
import { checkNumber } from './shape.ts';

/**
 * Zeros with probability `rate`, elsewhere 1 / (1 − rate), so that multiplying by it keeps the mean (Srivastava et
 * al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, in the "inverted" form). One draw for each number; the same
 * generator gives the same mask on every backend.
 *
 * @param asked who asks for it, and how the rate is called there: what errors name
 * @throws ArgumentError when the rate is not in [0, 1], for an `rng` that is no generator, and before `await startRuntime()`
 */
export function dropoutMask<R extends tf.Rank>(
  rng: Rng,
  shape: tf.ShapeMap[R],
  rate: number,
  { where = 'dropoutMask', parameter = 'rate' }: { where?: string; parameter?: string } = {},
): tf.Tensor<R> {
  checkNumber(where, parameter, rate, 'a number from 0 to 1');
  checkStarted();
  checkRng(rng, 'uint32', where);
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
