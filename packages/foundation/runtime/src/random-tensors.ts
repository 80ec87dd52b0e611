import * as tf from '@tensorflow/tfjs-core';
import type { Rng } from './rng.ts';

/** Numbers drawn evenly from [low, high), in float32. */
export function randomUniform<R extends tf.Rank>(
  rng: Rng,
  shape: tf.ShapeMap[R],
  low: number,
  high: number,
): tf.Tensor<R> {
  return filled(shape, () => low + (high - low) * rng.uniform());
}

/** Numbers drawn from a normal distribution with mean zero, in float32. */
export function randomNormal<R extends tf.Rank>(
  rng: Rng,
  shape: tf.ShapeMap[R],
  standardDeviation: number,
): tf.Tensor<R> {
  return filled(shape, () => standardDeviation * rng.normal());
}

function filled<R extends tf.Rank>(shape: tf.ShapeMap[R], draw: () => number): tf.Tensor<R> {
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < values.length; i++) values[i] = draw();
  return tf.tensor(values, shape);
}
