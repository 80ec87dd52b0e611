import { checkNumber } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { gateBias, gateKernels } from './initialisers.ts';
import { scanCell } from './scan-cell.ts';

export interface MinLstmConfig extends CellConfig {
  /** Where the forget gate's bias starts; 1 unless told. */
  forgetBias?: number;
}

/** Along the last axis: forget gate, input gate, candidate. */
export type MinLstmParams = {
  /** [inputSize, 3 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [3 * hiddenSize] */
  bias: tf.Tensor1D;
};

/**
 * Minimal long short-term memory (Feng et al. 2024, https://arxiv.org/abs/2410.01201, section 3.2): the gates see the
 * input alone, so that `unroll` computes all steps at once, and share one unit of weight between old and new.
 *
 *   f = σ(Wf x)    i = σ(Wi x)    h̃ = Wh x      h′ = f / (f + i) ⊙ h + i / (f + i) ⊙ h̃          (biases omitted)
 *
 * Starts uniform in ±1/√hiddenSize, with a forget bias of 1. The state is the hidden vector, [batch, hiddenSize].
 */
export const minLstm: Cell<MinLstmParams, tf.Tensor2D, MinLstmConfig> = {
  name: 'minLstm',

  init(config, rng) {
    checkCellConfig('minLstm', config);
    const { inputSize, hiddenSize, inputInitialiser, forgetBias = 1 } = config;
    checkNumber('minLstm', 'forgetBias', forgetBias, 'a finite number');
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 3, inputInitialiser),
      bias: gateBias(hiddenSize, 3, 0, forgetBias),
    };
  },

  ...scanCell('minLstm', 3, (params: MinLstmParams, inputs) => {
    const { balance, candidate } = parts(params, inputs);
    return { keep: tf.sigmoid(balance), write: tf.mul(tf.sigmoid(tf.neg(balance)), candidate) };
  }),

  gates: (params, input) => tf.tidy(() => ({ forget: tf.sigmoid(parts(params, input).balance) })),
};

/** f / (f + i) = σ(log f − log i): with logarithms two closed gates are no 0 / 0. */
function parts({ inputKernel, bias }: MinLstmParams, inputs: tf.Tensor2D) {
  const [forget, input, candidate] = tf.split(tf.add(tf.matMul(inputs, inputKernel), bias), 3, 1);
  // log σ(x) = −softplus(−x); the gradient of tf.logSigmoid reads a tensor that was disposed of
  const balance: tf.Tensor2D = tf.sub(
    tf.softplus(tf.neg(input!)),
    tf.softplus(tf.neg(forget as tf.Tensor2D)),
  );
  return { balance, candidate: candidate as tf.Tensor2D };
}
