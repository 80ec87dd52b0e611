import { ArgumentError, checkNumber } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { CharacterReader } from './character-encoder.ts';
import { type Conv1dParams, conv1d, initConv1d } from './conv1d.ts';
import { maxOverTime } from './pooling.ts';

export interface ConvolutionReaderConfig {
  /** Windows of how many characters, and how many features each gives. */
  windows: readonly { size: number; count: number }[];
}

/**
 * Reads a word by windows of characters, keeping of each feature the largest value anywhere in the word: tanh, then the
 * maximum over time (Kim et al. 2016, https://arxiv.org/abs/1508.06615; with one window of three, Ma & Hovy 2016,
 * https://arxiv.org/abs/1603.01354). Zeros stand around the word, so that it may be shorter than a window.
 *
 * @throws ArgumentError for no window, or sizes that are no positive integers
 */
export function convolutionReader({ windows }: ConvolutionReaderConfig): CharacterReader<Conv1dParams[]> {
  if (windows.length === 0)
    throw new ArgumentError('convolutionReader: no `windows`, expected at least one.');
  windows.forEach(({ size, count }, i) => {
    checkNumber('convolutionReader', `windows[${i}].size`, size, 'a positive integer');
    checkNumber('convolutionReader', `windows[${i}].count`, count, 'a positive integer');
  });
  return {
    name: 'convolutionReader',

    init: (inputSize, rng) =>
      windows.map(({ size, count }) => initConv1d({ inputSize, outputSize: count, kernelSize: size }, rng)),

    outputSize: (params) => params.reduce((sum, { bias }) => sum + bias.shape[0], 0),

    read: (params, inputs, lengths) =>
      tf.tidy(() => {
        const features = params.map((window) =>
          maxOverTime(tf.tanh(conv1d(window, inputs, { lengths })), { lengths }),
        );
        return features.length === 1 ? features[0]! : (tf.concat(features, 1) as tf.Tensor2D);
      }),
  };
}
