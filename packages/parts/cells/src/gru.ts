import { gruSequence, gruStepper, kernelsAvailable } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig, Step } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { hiddenStepper } from './hidden-stepper.ts';
import { checkSpan, chronoBias, gateKernels } from './initialisers.ts';

export interface GruConfig extends CellConfig {
  /** Starts the update gates for memories of 1 to so many steps, see `chronoBias`; at 0 unless told. */
  chrono?: number;
}

/** Gates along the last axis: reset, update, candidate. */
export type GruParams = {
  /** [inputSize, 3 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 3 * hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [3 * hiddenSize] */
  inputBias: tf.Tensor1D;
  /** [3 * hiddenSize] */
  recurrentBias: tf.Tensor1D;
};

/**
 * Gated recurrent unit (Cho et al. 2014, https://arxiv.org/abs/1406.1078), resetting after the recurrent product as
 * cuDNN and PyTorch do.
 *
 *   r = σ(Wr x + Ur h)    n  = tanh(Wn x + r ⊙ Un h)
 *   z = σ(Wz x + Uz h)    h′ = n + z ⊙ (h − n)          (biases omitted)
 *
 * Starts uniform in ±1/√hiddenSize, as PyTorch does. The state is the hidden vector, [batch, hiddenSize].
 */
export const gru: Cell<GruParams, tf.Tensor2D, GruConfig> = {
  name: 'gru',

  init(config, rng) {
    checkCellConfig('gru', config);
    const { inputSize, hiddenSize, inputInitialiser, recurrentInitialiser, chrono } = config;
    if (chrono !== undefined) checkSpan('gru', 'chrono', chrono);
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 3, inputInitialiser),
      recurrentKernel: gateKernels(rng, [hiddenSize, hiddenSize], 3, recurrentInitialiser),
      inputBias:
        chrono === undefined ? tf.zeros([3 * hiddenSize]) : chronoBias(rng, hiddenSize, chrono, [0, 1, 0]),
      recurrentBias: tf.zeros([3 * hiddenSize]),
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

  fused: {
    available: kernelsAvailable,
    run(
      { inputKernel, recurrentKernel, inputBias, recurrentBias },
      inputs,
      { initialState, lengths, reverse },
    ) {
      const result = gruSequence({
        inputKernel,
        recurrentKernel,
        inputBias,
        recurrentBias,
        inputs,
        initialHidden: initialState,
        lengths,
        reverse,
      });
      return { outputs: result.outputs, finalState: result.finalHidden };
    },
    stepper: (params) => hiddenStepper(gruStepper(params)),
  },
};

/** One step whose recurrent product sees `seen`; the update gate carries `hidden`. */
function stepSeeing(
  params: GruParams,
  input: tf.Tensor2D,
  hidden: tf.Tensor2D,
  seen: tf.Tensor2D,
): Step<tf.Tensor2D> {
  const next: tf.Tensor2D = tf.tidy(() => {
    const { reset, update, xn, hn } = open(params, input, seen);
    const candidate = tf.tanh(tf.add(xn, tf.mul(reset, hn)));
    return tf.add(candidate, tf.mul(update, tf.sub(hidden, candidate)));
  });
  return { output: next, state: next };
}

/** The two gates, and what the input and the hidden vector say to the candidate. */
function open(params: GruParams, input: tf.Tensor2D, hidden: tf.Tensor2D) {
  const parts = (x: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D) =>
    tf.split(tf.add(tf.matMul(x, kernel), bias), 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
  const [xr, xz, xn] = parts(input, params.inputKernel, params.inputBias);
  const [hr, hz, hn] = parts(hidden, params.recurrentKernel, params.recurrentBias);
  const reset: tf.Tensor2D = tf.sigmoid(tf.add(xr, hr));
  const update: tf.Tensor2D = tf.sigmoid(tf.add(xz, hz));
  return { reset, update, xn, hn };
}
