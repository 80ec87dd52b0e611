import { checkNumber, checkTensor, type Rng, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface LinearConfig {
  inputSize: number;
  outputSize: number;
}

export type LinearParams = {
  /** [inputSize, outputSize] */
  kernel: tf.Tensor2D;
  /** [outputSize] */
  bias: tf.Tensor1D;
};

/**
 * Weights and biases even in ±1/√inputSize, as in PyTorch.
 *
 * @throws ArgumentError for a size that is no positive integer, or an `rng` that is no generator
 */
export function initLinear({ inputSize, outputSize }: LinearConfig, rng: Rng): LinearParams {
  checkNumber('initLinear', 'inputSize', inputSize, 'a positive integer');
  checkNumber('initLinear', 'outputSize', outputSize, 'a positive integer');
  const bound = 1 / Math.sqrt(inputSize);
  return {
    kernel: randomUniform<tf.Rank.R2>(rng, [inputSize, outputSize], -bound, bound),
    bias: randomUniform<tf.Rank.R1>(rng, [outputSize], -bound, bound),
  };
}

/**
 * x W + b along the last axis.
 *
 * @param inputs [batch, inputSize] or [batch, time, inputSize]
 * @returns the same axes, the last one outputSize wide
 * @throws ShapeError when the last axis is not inputSize
 */
export function linear<R extends tf.Rank.R2 | tf.Rank.R3>(
  params: LinearParams,
  inputs: tf.Tensor<R>,
): tf.Tensor<R> {
  const [inputSize, outputSize] = params.kernel.shape;
  checkTensor('linear', 'inputs', inputs, [
    ...(inputs?.rank === 3 ? ['batch', 'time'] : ['batch']),
    inputSize,
  ]);
  const outer = inputs.shape.slice(0, -1);
  return tf.tidy(() => {
    const rows = tf.reshape(inputs, [-1, inputSize]);
    return tf.reshape(tf.add(tf.matMul(rows, params.kernel), params.bias), [
      ...outer,
      outputSize,
    ] as tf.ShapeMap[R]);
  });
}
