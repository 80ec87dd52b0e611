import { kernelsAvailable, rnnSequence, rnnStepper } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { hiddenStepper } from './hidden-stepper.ts';
import { gateKernels } from './initialisers.ts';

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
export const rnn: Cell<RnnParams, tf.Tensor2D> = simpleCell('rnn', 'tanh');

/**
 * The simple recurrent network with a rectifier: h′ = max(0, W x + U h + b). Nothing bounds the state, so that clipping
 * and a small learning rate matter more than for `rnn` (Le, Jaitly & Hinton 2015, https://arxiv.org/abs/1504.00941).
 */
export const reluRnn: Cell<RnnParams, tf.Tensor2D> = simpleCell('reluRnn', 'relu');

function simpleCell(name: string, activation: 'tanh' | 'relu'): Cell<RnnParams, tf.Tensor2D> {
  const activate = activation === 'tanh' ? tf.tanh : tf.relu;
  const cell: Cell<RnnParams, tf.Tensor2D> = {
    name,

    init(config, rng) {
      checkCellConfig(name, config);
      const { inputSize, hiddenSize, inputInitialiser, recurrentInitialiser } = config;
      return {
        inputKernel: gateKernels(rng, [inputSize, hiddenSize], 1, inputInitialiser),
        recurrentKernel: gateKernels(rng, [hiddenSize, hiddenSize], 1, recurrentInitialiser),
        bias: tf.zeros([hiddenSize]),
      };
    },

    inputSize: (params) => params.inputKernel.shape[0],

    outputSize: (params) => params.recurrentKernel.shape[0],

    zeroState: (params, batchSize) => tf.zeros([batchSize, params.recurrentKernel.shape[0]]),

    step(params, input, hidden) {
      const next: tf.Tensor2D = tf.tidy(() => {
        const drive = tf.add(tf.matMul(input, params.inputKernel), tf.matMul(hidden, params.recurrentKernel));
        return activate(tf.add(drive, params.bias));
      });
      return { output: next, state: next };
    },

    stepSeeing: (params, input, _hidden, seen) => cell.step(params, input, seen),

    fused: {
      available: kernelsAvailable,
      run({ inputKernel, recurrentKernel, bias }, inputs, { initialState: initialHidden, lengths, reverse }) {
        const result = rnnSequence({
          inputKernel,
          recurrentKernel,
          bias,
          inputs,
          initialHidden,
          lengths,
          reverse,
          activation,
        });
        return { outputs: result.outputs, finalState: result.finalHidden };
      },
      stepper: (params) => hiddenStepper(rnnStepper({ ...params, activation })),
    },
  };
  return cell;
}
