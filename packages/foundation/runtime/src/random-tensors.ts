import * as tf from '@tensorflow/tfjs-core';
import { checkStarted } from './check-started.ts';
import { checkRng, type Rng } from './rng.ts';

/**
 * Numbers drawn evenly from [low, high), in float32.
 * @throws ArgumentError for an `rng` that is no generator, and before `await startRuntime()`
 */
export function randomUniform<R extends tf.Rank>(
  rng: Rng,
  shape: tf.ShapeMap[R],
  low: number,
  high: number,
): tf.Tensor<R> {
  checkStarted();
  checkRng(rng, 'uniform');
  return filled(shape, () => low + (high - low) * rng.uniform());
}

/**
 * Numbers drawn from a normal distribution with mean zero, in float32.
 * @throws ArgumentError for an `rng` that is no generator, and before `await startRuntime()`
 */
export function randomNormal<R extends tf.Rank>(
  rng: Rng,
  shape: tf.ShapeMap[R],
  standardDeviation: number,
): tf.Tensor<R> {
  checkStarted();
  checkRng(rng, 'normal');
  return filled(shape, () => standardDeviation * rng.normal());
}

function filled<R extends tf.Rank>(shape: tf.ShapeMap[R], draw: () => number): tf.Tensor<R> {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return tf.tensor(values, shape);
}
