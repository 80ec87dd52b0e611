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
import {
  type ConvolutionPlan,
  checkPlan,
  convolvedLength,
  convolvedLengths,
  paddingAround,
} from './convolution-plan.ts';

export interface Conv1dConfig {
  inputSize: number;
  outputSize: number;
  kernelSize: number;
}

export type Conv1dParams = {
  /** [kernelSize, inputSize, outputSize] */
  kernel: tf.Tensor3D;
  /** [outputSize] */
  bias: tf.Tensor1D;
};

export interface Conv1dOptions extends Omit<ConvolutionPlan, 'kernelSize'> {
  /** Real steps per sequence; all of `time` when absent. */
  lengths?: ArrayLike<number>;
}

/**
 * Weights and biases even in ±1/√(kernelSize · inputSize), as in PyTorch.
 *
 * @throws ArgumentError for a size that is no positive integer, or an `rng` that is no generator
 */
export function initConv1d({ inputSize, outputSize, kernelSize }: Conv1dConfig, rng: Rng): Conv1dParams {
  checkNumber('initConv1d', 'inputSize', inputSize, 'a positive integer');
  checkNumber('initConv1d', 'outputSize', outputSize, 'a positive integer');
  checkNumber('initConv1d', 'kernelSize', kernelSize, 'a positive integer');
  const bound = 1 / Math.sqrt(kernelSize * inputSize);
  return {
    kernel: randomUniform<tf.Rank.R3>(rng, [kernelSize, inputSize, outputSize], -bound, bound),
    bias: randomUniform<tf.Rank.R1>(rng, [outputSize], -bound, bound),
  };
}

/**
 * A window that moves along time: yₜ = b + Σₖ Wₖ x₍ₜₛ₊ₖ₎ (as everywhere, the window is not turned round). Padded steps
 * count as zeros, whatever they hold; outputs past `convolvedLengths(lengths, …)` are zeros.
 *
 * @param inputs [batch, time, inputSize]
 * @returns [batch, outputTime, outputSize]
 * @throws ShapeError or ArgumentError for inputs, lengths or options that do not fit
 */
export function conv1d(
  { kernel, bias }: Conv1dParams,
  inputs: tf.Tensor3D,
  { lengths, ...options }: Conv1dOptions = {},
): tf.Tensor3D {
  const [kernelSize, inputSize, outputSize] = kernel.shape;
  const plan = checkPlan('conv1d', { ...options, kernelSize });
  checkTensor('conv1d', 'inputs', inputs, ['batch', 'time', inputSize]);
  const [batch, time] = inputs.shape;
  if (lengths) checkLengths('conv1d', lengths, batch, time);
  const outputTime = convolvedLength(time, plan);
  if (outputTime === 0) {
    throw new ArgumentError(
      `conv1d: ${time} steps are fewer than the window spans. Pad the batch, or take padding: 'same'.`,
    );
  }
  return tf.tidy(() => {
    const real = lengths ? zeroPast(inputs, realSteps(lengths, inputs.shape[1]!)) : inputs;
    const padded = tf.pad3d(real, [[0, 0], paddingAround(time, plan), [0, 0]]);
    // Windows side by side make it one product of matrices: the fastest thing there is.
    const places = Array.from({ length: outputTime * kernelSize }, (_, i) => {
      const window = Math.floor(i / kernelSize);
      return window * plan.stride + (i % kernelSize) * plan.dilation;
    });
    const plain = kernelSize === 1 && plan.stride === 1;
    const windows = plain ? padded : tf.gather(padded, tf.tensor1d(places, 'int32'), 1);
    const rows = tf.reshape(windows, [batch * outputTime, kernelSize * inputSize]);
    const product = tf.matMul(rows, tf.reshape(kernel, [kernelSize * inputSize, outputSize]));
    const outputs = tf.reshape(tf.add(product, bias), [batch, outputTime, outputSize]) as tf.Tensor3D;
    return lengths
      ? zeroPast(outputs, realSteps(convolvedLengths(lengths, plan), outputs.shape[1]!))
      : outputs;
  });
}
