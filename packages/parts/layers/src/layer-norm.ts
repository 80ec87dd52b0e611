import { ArgumentError, checkNumber, checkTensor, layerNormalization } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface LayerNormConfig {
  /** The width of the last axis. */
  size: number;
}

export type LayerNormParams = {
  /** [size] */
  gain: tf.Tensor1D;
  /** [size] */
  bias: tf.Tensor1D;
};

/**
 * Gains of 1 and biases of 0.
 *
 * @throws ArgumentError for a size that is no positive integer
 */
export function initLayerNorm({ size }: LayerNormConfig): LayerNormParams {
  checkNumber('initLayerNorm', 'size', size, 'a positive integer');
  return { gain: tf.ones([size]), bias: tf.zeros([size]) };
}

/**
 * Brings each vector to mean 0 and variance 1, then to a gain and bias that are learned (Ba, Kiros & Hinton 2016,
 * https://arxiv.org/abs/1607.06450, equation 4): γ ⊙ (x − μ) / √(σ² + ε) + β.
 *
 * @param inputs  [batch, size] or [batch, time, size]
 * @param epsilon keeps a vector of equal numbers from a division by zero
 * @throws ShapeError when the last axis is not `size`, ArgumentError for inputs or params that are missing, or inputs that are not float32
 */
export function layerNorm<R extends tf.Rank.R2 | tf.Rank.R3>(
  params: LayerNormParams,
  inputs: tf.Tensor<R>,
  { epsilon = 1e-5 }: { epsilon?: number } = {},
): tf.Tensor<R> {
  checkNumber('layerNorm', 'epsilon', epsilon, 'a positive number');
  if (typeof params?.gain?.shape !== 'object') {
    throw new ArgumentError('layerNorm: `params` has no `gain`, expected what initLayerNorm makes.');
  }
  const { gain, bias } = params;
  const outer = inputs?.rank === 3 ? ['batch', 'time'] : ['batch'];
  checkTensor('layerNorm', 'inputs', inputs, [...outer, gain.shape[0]]);
  if (inputs.dtype !== 'float32') {
    throw new ArgumentError(
      `layerNorm: \`inputs\` is ${inputs.dtype}, expected float32. Cast it with tf.cast.`,
    );
  }
  return layerNormalization({ inputs, gain, bias, epsilon }) as tf.Tensor<R>;
}
