import { randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { gateKernels } from './initialisers.ts';

export type IndRnnParams = {
  /** [inputSize, hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize]: each unit sees only itself */
  recurrentWeights: tf.Tensor1D;
  /** [hiddenSize] */
  bias: tf.Tensor1D;
};

/**
 * Independently recurrent network (Li et al. 2018, https://arxiv.org/abs/1803.04831): every unit keeps its own memory,
 * and units meet only in the layer above.
 *
 *   h′ = max(0, W x + u ⊙ h + b)
 *
 * The recurrent weights start even in [0, 1): some units begin with a long memory, some with a short one. Keep them
 * within ±1 (clip, or a small learning rate) where sequences are long, for nothing else bounds the state.
 */
export const indRnn: Cell<IndRnnParams, tf.Tensor2D> = {
  name: 'indRnn',

  init(config, rng) {
    checkCellConfig('indRnn', config);
    const { inputSize, hiddenSize, inputInitialiser } = config;
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 1, inputInitialiser),
      recurrentWeights: randomUniform<tf.Rank.R1>(rng, [hiddenSize], 0, 1),
      bias: tf.zeros([hiddenSize]),
    };
  },

  inputSize: (params) => params.inputKernel.shape[0],

  outputSize: (params) => params.recurrentWeights.shape[0],

  zeroState: (params, batchSize) => tf.zeros([batchSize, params.recurrentWeights.shape[0]]),

  step(params, input, hidden) {
    const next: tf.Tensor2D = tf.tidy(() => {
      const drive = tf.add(tf.matMul(input, params.inputKernel), tf.mul(hidden, params.recurrentWeights));
      return tf.relu(tf.add(drive, params.bias));
    });
    return { output: next, state: next };
  },
};
