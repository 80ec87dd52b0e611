import { kernelsAvailable, randomUniform, rnnSequence } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from './cell.ts';
import { checkCellConfig } from './check-config.ts';

export type RnnParams = {
  /** [inputSize, hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [hiddenSize] */
  bias: tf.Tensor1D;
};

/**
 * The simple recurrent network (Elman 1990, https://doi.org/10.1207/s15516709cog1402_1).
 *
 *   h′ = tanh(W x + U h + b)
 *
 * Starts uniform in ±1/√hiddenSize, as PyTorch does. The state is the hidden vector, [batch, hiddenSize].
 */
export const rnn: Cell<RnnParams, tf.Tensor2D> = {
  name: 'rnn',

  init(config, rng) {
    checkCellConfig('rnn', config);
    const { inputSize, hiddenSize } = config;
    const bound = 1 / Math.sqrt(hiddenSize);
    return {
      inputKernel: randomUniform<tf.Rank.R2>(rng, [inputSize, hiddenSize], -bound, bound),
      recurrentKernel: randomUniform<tf.Rank.R2>(rng, [hiddenSize, hiddenSize], -bound, bound),
      bias: tf.zeros([hiddenSize]),
    };
  },

  inputSize: (params) => params.inputKernel.shape[0],

  zeroState: (params, batchSize) => tf.zeros([batchSize, params.recurrentKernel.shape[0]]),

  step(params, input, hidden) {
    const next: tf.Tensor2D = tf.tidy(() => {
      const drive = tf.add(tf.matMul(input, params.inputKernel), tf.matMul(hidden, params.recurrentKernel));
      return tf.tanh(tf.add(drive, params.bias));
    });
    return { output: next, state: next };
  },

  fused: {
    available: kernelsAvailable,
    run({ inputKernel, recurrentKernel, bias }, inputs, { initialState, lengths, reverse }) {
      const initialHidden = initialState;
      const result = rnnSequence({
        inputKernel,
        recurrentKernel,
        bias,
        inputs,
        initialHidden,
        lengths,
        reverse,
        activation: 'tanh',
      });
      return { outputs: result.outputs, finalState: result.finalHidden };
    },
  },
};
