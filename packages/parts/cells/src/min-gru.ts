import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { gateKernels } from './initialisers.ts';
import { scanCell } from './scan-cell.ts';

/** Along the last axis: update gate, candidate. */
export type MinGruParams = {
  /** [inputSize, 2 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [2 * hiddenSize] */
  bias: tf.Tensor1D;
};

/**
 * Minimal gated recurrent unit (Feng et al. 2024, https://arxiv.org/abs/2410.01201, section 3.1): the gate sees the
 * input alone, so that `unroll` computes all steps at once.
 *
 *   z = σ(Wz x)      h̃ = Wh x      h′ = (1 − z) ⊙ h + z ⊙ h̃          (biases omitted)
 *
 * Starts uniform in ±1/√hiddenSize. The state is the hidden vector, [batch, hiddenSize].
 */
export const minGru: Cell<MinGruParams, tf.Tensor2D> = {
  name: 'minGru',

  init(config, rng) {
    checkCellConfig('minGru', config);
    const { inputSize, hiddenSize, inputInitialiser } = config;
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 2, inputInitialiser),
      bias: tf.zeros([2 * hiddenSize]),
    };
  },

  ...scanCell('minGru', 2, (params: MinGruParams, inputs) => {
    const [update, candidate] = parts(params, inputs);
    // 1 − σ(x) = σ(−x), which loses no digits where the gate is nearly open
    return { keep: tf.sigmoid(tf.neg(update)), write: tf.mul(tf.sigmoid(update), candidate) };
  }),

  gates: (params, input) => tf.tidy(() => ({ update: tf.sigmoid(parts(params, input)[0]) })),
};

function parts({ inputKernel, bias }: MinGruParams, inputs: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] {
  return tf.split(tf.add(tf.matMul(inputs, inputKernel), bias), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
}
