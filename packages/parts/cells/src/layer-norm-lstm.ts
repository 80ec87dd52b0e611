import { layerNormalization } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { gateBias, gateKernels } from './initialisers.ts';
import type { LstmState } from './lstm.ts';

/** Added to a variance, so that a layer of equal numbers is no division by zero. */
const epsilon = 1e-5;

/** Gates along the last axis: input, forget, candidate, output. */
export type LayerNormLstmParams = {
  /** [inputSize, 4 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 4 * hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [4 * hiddenSize] */
  bias: tf.Tensor1D;
  /** [4 * hiddenSize] */
  inputGain: tf.Tensor1D;
  /** [4 * hiddenSize] */
  recurrentGain: tf.Tensor1D;
  /** [hiddenSize] */
  cellGain: tf.Tensor1D;
  /** [hiddenSize] */
  cellBias: tf.Tensor1D;
};

/**
 * Long short-term memory with layer normalization (Ba, Kiros & Hinton 2016, https://arxiv.org/abs/1607.06450,
 * equations 20 to 22; N is the normalization to mean 0 and variance 1 over all four gates at once).
 *
 *   (i, f, g, o) = γx ⊙ N(W x) + γh ⊙ N(U h) + b
 *   c′ = σ(f) ⊙ c + σ(i) ⊙ tanh(g)      h′ = σ(o) ⊙ tanh(γc ⊙ N(c′) + βc)
 *
 * Starts uniform in ±1/√hiddenSize, with gains of 1 and a forget bias of 1.
 */
export const layerNormLstm: Cell<LayerNormLstmParams, LstmState, CellConfig> = {
  name: 'layerNormLstm',

  init(config, rng) {
    checkCellConfig('layerNormLstm', config);
    const { inputSize, hiddenSize, inputInitialiser, recurrentInitialiser } = config;
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 4, inputInitialiser),
      recurrentKernel: gateKernels(rng, [hiddenSize, hiddenSize], 4, recurrentInitialiser),
      bias: gateBias(hiddenSize, 4, 1, 1),
      inputGain: tf.ones([4 * hiddenSize]),
      recurrentGain: tf.ones([4 * hiddenSize]),
      cellGain: tf.ones([hiddenSize]),
      cellBias: tf.zeros([hiddenSize]),
    };
  },

  inputSize: (params) => params.inputKernel.shape[0],

  outputSize: (params) => params.recurrentKernel.shape[0],

  zeroState(params, batchSize) {
    const shape: [number, number] = [batchSize, params.recurrentKernel.shape[0]];
    return { hidden: tf.zeros(shape), cell: tf.zeros(shape) };
  },

  step(params, input, state) {
    const [hidden, cell] = tf.tidy((): [tf.Tensor2D, tf.Tensor2D] => {
      const gates = open(params, input, state);
      const next: tf.Tensor2D = tf.add(
        tf.mul(gates.forget, state.cell),
        tf.mul(gates.input, gates.candidate),
      );
      const memory = normalised(next, params.cellGain, params.cellBias);
      return [tf.mul(gates.output, tf.tanh(memory)), next];
    });
    return { output: hidden, state: { hidden, cell } };
  },

  stepSeeing: (params, input, state, hidden) => layerNormLstm.step(params, input, { ...state, hidden }),

  gates(params, input, state) {
    return tf.tidy(() => {
      const { candidate: _, ...gates } = open(params, input, state);
      return gates;
    });
  },
};

function open(params: LayerNormLstmParams, input: tf.Tensor2D, { hidden }: LstmState) {
  const noBias = tf.zerosLike(params.inputGain);
  const fromInput = normalised(tf.matMul(input, params.inputKernel), params.inputGain, noBias);
  const fromHidden = normalised(tf.matMul(hidden, params.recurrentKernel), params.recurrentGain, params.bias);
  const gates = tf.split(tf.add(fromInput, fromHidden), 4, 1);
  return {
    input: tf.sigmoid(gates[0] as tf.Tensor2D),
    forget: tf.sigmoid(gates[1] as tf.Tensor2D),
    candidate: tf.tanh(gates[2] as tf.Tensor2D),
    output: tf.sigmoid(gates[3] as tf.Tensor2D),
  };
}

/** γ ⊙ N(x) + β */
function normalised(inputs: tf.Tensor2D, gain: tf.Tensor1D, bias: tf.Tensor1D): tf.Tensor2D {
  return layerNormalization({ inputs, gain, bias, epsilon }) as tf.Tensor2D;
}
