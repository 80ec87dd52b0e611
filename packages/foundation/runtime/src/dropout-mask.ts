import * as tf from '@tensorflow/tfjs-core';
import type { Rng } from './rng.ts';
import { checkNumber } from './shape.ts';

/**
 * Zeros with probability `rate`, elsewhere 1 / (1 − rate), so that multiplying by it keeps the mean (Srivastava et
 * al. 2014, https://jmlr.org/papers/v15/srivastava14a.html, in the "inverted" form).
 *
 * @throws ArgumentError when the rate is not in [0, 1]
 */
export function dropoutMask<R extends tf.Rank>(rng: Rng, shape: tf.ShapeMap[R], rate: number): tf.Tensor<R> {
  checkNumber('dropoutMask', 'rate', rate, 'a number from 0 to 1');
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  const threshold = Math.round(rate * 2 ** 32);
  const kept = rate < 1 ? 1 / (1 - rate) : 0;
  for (let i = 0; i < values.length; i++) values[i] = rng.uint32() < threshold ? 0 : kept;
  return tf.tensor(values, shape);
}
