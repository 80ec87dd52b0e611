import { kernelsAvailable, lstmSequence, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from './cell.ts';
import { checkCellConfig } from './check-config.ts';

/** Gates along the last axis: input, forget, candidate, output. */
export type LstmParams = {
  /** [inputSize, 4 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 4 * hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [4 * hiddenSize] */
  bias: tf.Tensor1D;
};

/** Both [batch, hiddenSize]. */
export type LstmState = { hidden: tf.Tensor2D; cell: tf.Tensor2D };

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735) with a forget
 * gate (Gers, Schmidhuber & Cummins 2000, https://doi.org/10.1162/089976600300015015).
 *
 *   i = σ(Wi x + Ui h)    g  = tanh(Wg x + Ug h)
 *   f = σ(Wf x + Uf h)    c′ = f ⊙ c + i ⊙ g
 *   o = σ(Wo x + Uo h)    h′ = o ⊙ tanh(c′)          (biases omitted)
 *
 * Starts uniform in ±1/√hiddenSize, as PyTorch does, and with a forget bias of 1, so that a fresh cell remembers
 * (Jozefowicz, Zaremba & Sutskever 2015, https://proceedings.mlr.press/v37/jozefowicz15.html).
 */
export const lstm: Cell<LstmParams, LstmState> = {
  name: 'lstm',

  init(config, rng) {
    checkCellConfig('lstm', config);
    const { inputSize, hiddenSize } = config;
    const bound = 1 / Math.sqrt(hiddenSize);
    const bias = new Float32Array(4 * hiddenSize).fill(1, hiddenSize, 2 * hiddenSize);
    return {
      inputKernel: randomUniform<tf.Rank.R2>(rng, [inputSize, 4 * hiddenSize], -bound, bound),
      recurrentKernel: randomUniform<tf.Rank.R2>(rng, [hiddenSize, 4 * hiddenSize], -bound, bound),
      bias: tf.tensor1d(bias),
    };
  },

  inputSize: (params) => params.inputKernel.shape[0],

  zeroState(params, batchSize) {
    const shape: [number, number] = [batchSize, params.recurrentKernel.shape[0]];
    return { hidden: tf.zeros(shape), cell: tf.zeros(shape) };
  },

  step(params, input, { hidden, cell }) {
    const [nextHidden, nextCell] = tf.tidy((): [tf.Tensor2D, tf.Tensor2D] => {
      const drive = tf.add(tf.matMul(input, params.inputKernel), tf.matMul(hidden, params.recurrentKernel));
      const gates = tf.split(tf.add(drive, params.bias), 4, 1) as tf.Tensor2D[];
      const inputGate = tf.sigmoid(gates[0]!);
      const forgetGate = tf.sigmoid(gates[1]!);
      const candidate = tf.tanh(gates[2]!);
      const outputGate = tf.sigmoid(gates[3]!);
      const next: tf.Tensor2D = tf.add(tf.mul(forgetGate, cell), tf.mul(inputGate, candidate));
      return [tf.mul(outputGate, tf.tanh(next)), next];
    });
    return { output: nextHidden, state: { hidden: nextHidden, cell: nextCell } };
  },

  fused: {
    available: kernelsAvailable,
    run({ inputKernel, recurrentKernel, bias }, inputs, { initialState, lengths, reverse }) {
      const { hidden: initialHidden, cell: initialCell } = initialState;
      const result = lstmSequence({
        inputKernel,
        recurrentKernel,
        bias,
        inputs,
        initialHidden,
        initialCell,
        lengths,
        reverse,
      });
      return { outputs: result.outputs, finalState: { hidden: result.finalHidden, cell: result.finalCell } };
    },
  },
};
