import * as tf from '@tensorflow/tfjs-core';
import type { Cell, Step } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { gateKernels } from './initialisers.ts';

/** Gates along the last axis: reset, update, candidate. */
export type GruResetBeforeParams = {
  /** [inputSize, 3 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 3 * hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [3 * hiddenSize] */
  bias: tf.Tensor1D;
};

/**
 * Gated recurrent unit as first published, resetting before the recurrent product (Cho et al. 2014,
 * https://arxiv.org/abs/1406.1078v1; Keras has it as `reset_after=False`, and ONNX as `linear_before_reset=0`). Take
 * `gru` to begin with: it has a fused kernel.
 *
 *   r = σ(Wr x + Ur h)    n  = tanh(Wn x + Un (r ⊙ h))
 *   z = σ(Wz x + Uz h)    h′ = n + z ⊙ (h − n)          (biases omitted)
 *
 * Starts uniform in ±1/√hiddenSize. The state is the hidden vector, [batch, hiddenSize].
 */
export const gruResetBefore: Cell<GruResetBeforeParams, tf.Tensor2D> = {
  name: 'gruResetBefore',

  init(config, rng) {
    checkCellConfig('gruResetBefore', config);
    const { inputSize, hiddenSize, inputInitialiser, recurrentInitialiser } = config;
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 3, inputInitialiser),
      recurrentKernel: gateKernels(rng, [hiddenSize, hiddenSize], 3, recurrentInitialiser),
      bias: tf.zeros([3 * hiddenSize]),
    };
  },

  inputSize: (params) => params.inputKernel.shape[0],

  outputSize: (params) => params.recurrentKernel.shape[0],

  zeroState: (params, batchSize) => tf.zeros([batchSize, params.recurrentKernel.shape[0]]),

  step: (params, input, hidden) => stepSeeing(params, input, hidden, hidden),

  stepSeeing,

  gates(params, input, hidden) {
    return tf.tidy(() => {
      const { reset, update } = open(params, input, hidden);
      return { reset, update };
    });
  },
};

/** One step whose recurrent product sees `seen`; the update gate carries `hidden`. */
function stepSeeing(
  params: GruResetBeforeParams,
  input: tf.Tensor2D,
  hidden: tf.Tensor2D,
  seen: tf.Tensor2D,
): Step<tf.Tensor2D> {
  const next: tf.Tensor2D = tf.tidy(() => {
    const { reset, update, xn, kernel } = open(params, input, seen);
    const candidate = tf.tanh(tf.add(xn, tf.matMul(tf.mul(reset, seen), kernel)));
    return tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
  });
  return { output: next, state: next };
}

/** The two gates, and what the candidate is made from. */
function open(params: GruResetBeforeParams, input: tf.Tensor2D, hidden: tf.Tensor2D) {
  const width = hidden.shape[1];
  const drive = tf.add(tf.matMul(input, params.inputKernel), params.bias);
  const [xr, xz, xn] = tf.split(drive, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const [gateKernel, kernel] = tf.split(params.recurrentKernel, [2 * width, width], 1);
  const [hr, hz] = tf.split(tf.matMul(hidden, gateKernel as tf.Tensor2D), 2, 1);
  const reset: tf.Tensor2D = tf.sigmoid(tf.add(xr, hr!));
  const update: tf.Tensor2D = tf.sigmoid(tf.add(xz, hz!));
  return { reset, update, xn, kernel: kernel as tf.Tensor2D };
}
