import { ArgumentError, checkNumber, checkTensor, type Rng, randomNormal } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Positions as waves of many lengths (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.5): the features 2i
 * and 2i + 1 of position p are sin and cos of p / 10000^(2i / size). Add them to vectors (they broadcast over the batch).
 *
 * @param first the position of the first one, when a sequence goes on
 * @returns [time, size]
 * @throws ArgumentError for sizes that are no positive integers
 */
export function sinusoidalPositions(
  time: number,
  size: number,
  { first = 0 }: { first?: number } = {},
): tf.Tensor2D {
  checkNumber('sinusoidalPositions', 'time', time, 'a positive integer');
  checkNumber('sinusoidalPositions', 'size', size, 'a positive integer');
  checkNumber('sinusoidalPositions', 'first', first, 'a whole number');
  const values = new Float32Array(time * size);
  for (let i = 0; i < values.length; i++) {
    const feature = i % size;
    const angle = (first + Math.floor(i / size)) / 10000 ** ((feature - (feature % 2)) / size);
    values[i] = feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
  }
  return tf.tensor2d(values, [time, size]);
}

export interface LearnedPositionsConfig {
  /** How many positions there are. */
  maxTime: number;
  size: number;
}

export type LearnedPositionsParams = {
  /** [maxTime, size] */
  table: tf.Tensor2D;
};

/**
 * Normal with standard deviation 0.02, as in BERT and GPT.
 *
 * @throws ArgumentError for a size that is no positive integer, or an `rng` that is no generator
 */
export function initLearnedPositions(
  { maxTime, size }: LearnedPositionsConfig,
  rng: Rng,
): LearnedPositionsParams {
  checkNumber('initLearnedPositions', 'maxTime', maxTime, 'a positive integer');
  checkNumber('initLearnedPositions', 'size', size, 'a positive integer');
  return { table: randomNormal<tf.Rank.R2>(rng, [maxTime, size], 0.02) };
}

/**
 * Adds a learned vector for each position (Gehring et al. 2017, https://arxiv.org/abs/1705.03122).
 *
 * @param inputs [batch, time, size]
 * @param first  the position of the first step, when a sequence goes on
 * @throws ShapeError for another size, ArgumentError for more positions than there are
 */
export function learnedPositions(
  { table }: LearnedPositionsParams,
  inputs: tf.Tensor3D,
  { first = 0 }: { first?: number } = {},
): tf.Tensor3D {
  const [maxTime, size] = table.shape;
  checkTensor('learnedPositions', 'inputs', inputs, ['batch', 'time', size]);
  checkNumber('learnedPositions', 'first', first, 'a whole number');
  const time = inputs.shape[1];
  if (first + time > maxTime) {
    throw new ArgumentError(
      `learnedPositions: the positions go to ${first + time - 1}, but only ${maxTime} are learned, 0 to ${maxTime - 1}. ` +
        'Init with a larger maxTime, or cut the sequences.',
    );
  }
  return tf.tidy(() => tf.add(inputs, tf.slice2d(table, [first, 0], [time, size])));
}
