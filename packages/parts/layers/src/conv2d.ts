import {
  ArgumentError,
  checkLengths,
  checkNumber,
  checkTensor,
  type Rng,
  randomUniform,
  realSteps,
  zeroPast,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkPlan, convolvedLength, convolvedLengths, paddingAround } from './convolution-plan.ts';

export interface Conv2dConfig {
  /** Channels in. */
  inputSize: number;
  /** Channels out. */
  outputSize: number;
  /** Steps in time, then features. */
  kernelSize: readonly [number, number];
}

export type Conv2dParams = {
  /** [kernelTime, kernelFeatures, inputSize, outputSize] */
  kernel: tf.Tensor4D;
  /** [outputSize] */
  bias: tf.Tensor1D;
};

export interface Conv2dOptions {
  /** In time, then in features; 1 and 1 unless told. */
  stride?: readonly [number, number];
  /** `same` (unless told) puts zeros around, so that stride 1 keeps the size; `valid` none. */
  padding?: 'same' | 'valid';
  /** Real steps in time per sequence; all of them when absent. */
  lengths?: ArrayLike<number>;
}

/**
 * Weights and biases even in ±1/√(inputs of one output), as in PyTorch.
 *
 * @throws ArgumentError for a size that is no positive integer, or an `rng` that is no generator
 */
export function initConv2d({ inputSize, outputSize, kernelSize }: Conv2dConfig, rng: Rng): Conv2dParams {
  checkNumber('initConv2d', 'inputSize', inputSize, 'a positive integer');
  checkNumber('initConv2d', 'outputSize', outputSize, 'a positive integer');
  checkNumber('initConv2d', 'kernelSize[0]', kernelSize[0], 'a positive integer');
  checkNumber('initConv2d', 'kernelSize[1]', kernelSize[1], 'a positive integer');
  const bound = 1 / Math.sqrt(kernelSize[0] * kernelSize[1] * inputSize);
  return {
    kernel: randomUniform<tf.Rank.R4>(rng, [...kernelSize, inputSize, outputSize], -bound, bound),
    bias: randomUniform<tf.Rank.R1>(rng, [outputSize], -bound, bound),
  };
}

/**
 * A window that moves over time and features: over a spectrogram, or an image whose columns are the steps in time. Padded
 * steps count as zeros, whatever they hold; outputs past `convolvedLengths(lengths, …)` are zeros.
 *
 * @param inputs [batch, time, features, inputSize]
 * @returns [batch, outputTime, outputFeatures, outputSize]
 * @throws ShapeError or ArgumentError for inputs, lengths or options that do not fit
 */
export function conv2d(
  { kernel, bias }: Conv2dParams,
  inputs: tf.Tensor4D,
  { stride = [1, 1], padding = 'same', lengths }: Conv2dOptions = {},
): tf.Tensor4D {
  const [kernelTime, kernelFeatures, inputSize] = kernel.shape;
  const inTime = checkPlan('conv2d', { kernelSize: kernelTime, stride: stride[0], padding });
  const inFeatures = checkPlan('conv2d', { kernelSize: kernelFeatures, stride: stride[1], padding });
  checkTensor('conv2d', 'inputs', inputs, ['batch', 'time', 'features', inputSize]);
  const [batch, time, features] = inputs.shape;
  if (lengths) checkLengths('conv2d', lengths, batch, time);
  if (convolvedLength(time, inTime) === 0 || convolvedLength(features, inFeatures) === 0) {
    throw new ArgumentError(
      `conv2d: inputs of ${time} by ${features} are smaller than the window. Pad them, or take padding: 'same'.`,
    );
  }
  return tf.tidy(() => {
    const real = lengths ? zeroPast(inputs, realSteps(lengths, inputs.shape[1]!)) : inputs;
    const around = [paddingAround(time, inTime), paddingAround(features, inFeatures)] as const;
    const padded = tf.pad4d(real, [[0, 0], around[0], around[1], [0, 0]]);
    const outputs: tf.Tensor4D = tf.add(tf.conv2d(padded, kernel, [...stride], 'valid'), bias);
    return lengths
      ? zeroPast(outputs, realSteps(convolvedLengths(lengths, inTime), outputs.shape[1]!))
      : outputs;
  });
}
