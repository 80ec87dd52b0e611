import { checkNumber, kernelsAvailable, lstmSequence, lstmStepper, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig } from './cell.ts';
import { checkCellConfig } from './check-config.ts';
import { checkSpan, chronoBias, gateBias, gateKernels } from './initialisers.ts';

export interface LstmConfig extends CellConfig {
  /** Where the forget gate's bias starts; 1 unless told. */
  forgetBias?: number;
  /** Starts the gates for memories of 1 to so many steps instead of by `forgetBias`, see `chronoBias`. */
  chrono?: number;
  /** Lets the gates see the memory (Gers & Schmidhuber 2000). */
  peepholes?: boolean;
  /** Narrows the output, and what recurs, to this width (Sak, Senior & Beaufays 2014). */
  projectionSize?: number;
}

/** Gates along the last axis: input, forget, candidate, output. */
export type LstmParams = {
  /** [inputSize, 4 * hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [outputSize, 4 * hiddenSize]; outputSize is projectionSize if there is one, hiddenSize if not */
  recurrentKernel: tf.Tensor2D;
  /** [4 * hiddenSize] */
  bias: tf.Tensor1D;
  /** [3 * hiddenSize]: input, forget, output; only with `peepholes` */
  peepholes?: tf.Tensor1D;
  /** [hiddenSize, projectionSize]; only with `projectionSize` */
  projectionKernel?: tf.Tensor2D;
};

/** [batch, outputSize] and [batch, hiddenSize]. */
export type LstmState = { hidden: tf.Tensor2D; cell: tf.Tensor2D };

/**
 * Long short-term memory (Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735) with a forget
 * gate (Gers, Schmidhuber & Cummins 2000, https://doi.org/10.1162/089976600300015015).
 *
 *   i = σ(Wi x + Ui h)    g  = tanh(Wg x + Ug h)
 *   f = σ(Wf x + Uf h)    c′ = f ⊙ c + i ⊙ g
 *   o = σ(Wo x + Uo h)    h′ = o ⊙ tanh(c′)          (biases omitted)
 *
 * With peepholes (Gers & Schmidhuber 2000, https://doi.org/10.1109/IJCNN.2000.861302) pi ⊙ c and pf ⊙ c are added to
 * the input and forget gates and po ⊙ c′ to the output gate, before the σ. With a projection (Sak, Senior & Beaufays
 * 2014, https://arxiv.org/abs/1402.1128) h′ = R (o ⊙ tanh(c′)).
 *
 * Starts uniform in ±1/√hiddenSize, as PyTorch does, and with a forget bias of 1, so that a fresh cell remembers
 * (Jozefowicz, Zaremba & Sutskever 2015, https://proceedings.mlr.press/v37/jozefowicz15.html).
 */
export const lstm: Cell<LstmParams, LstmState, LstmConfig> = {
  name: 'lstm',

  init(config, rng) {
    checkCellConfig('lstm', config);
    const { inputSize, hiddenSize, inputInitialiser, recurrentInitialiser } = config;
    const { forgetBias = 1, chrono, peepholes = false, projectionSize } = config;
    checkNumber('lstm', 'forgetBias', forgetBias, 'a finite number');
    if (projectionSize !== undefined) {
      checkNumber('lstm', 'projectionSize', projectionSize, 'a positive integer');
    }
    if (chrono !== undefined) checkSpan('lstm', 'chrono', chrono);
    const outputSize = projectionSize ?? hiddenSize;
    const bound = 1 / Math.sqrt(hiddenSize);
    return {
      inputKernel: gateKernels(rng, [inputSize, hiddenSize], 4, inputInitialiser),
      recurrentKernel: gateKernels(rng, [outputSize, hiddenSize], 4, recurrentInitialiser),
      bias:
        chrono === undefined
          ? gateBias(hiddenSize, 4, 1, forgetBias)
          : chronoBias(rng, hiddenSize, chrono, [-1, 1, 0, 0]),
      ...(peepholes && { peepholes: randomUniform<tf.Rank.R1>(rng, [3 * hiddenSize], -bound, bound) }),
      ...(projectionSize !== undefined && {
        projectionKernel: gateKernels(rng, [hiddenSize, projectionSize], 1, 'uniform', bound),
      }),
    };
  },

  inputSize: (params) => params.inputKernel.shape[0],

  outputSize: (params) => params.recurrentKernel.shape[0],

  zeroState({ bias, recurrentKernel }, batchSize) {
    return {
      hidden: tf.zeros([batchSize, recurrentKernel.shape[0]]),
      cell: tf.zeros([batchSize, bias.shape[0] / 4]),
    };
  },

  step(params, input, state) {
    const [hidden, cell] = tf.tidy((): [tf.Tensor2D, tf.Tensor2D] => {
      const { next, output } = open(params, input, state);
      const gated: tf.Tensor2D = tf.mul(output, tf.tanh(next));
      return [params.projectionKernel ? tf.matMul(gated, params.projectionKernel) : gated, next];
    });
    return { output: hidden, state: { hidden, cell } };
  },

  stepSeeing: (params, input, state, hidden) => lstm.step(params, input, { ...state, hidden }),

  gates(params, input, state) {
    return tf.tidy(() => {
      const gates = open(params, input, state);
      return { input: gates.input, forget: gates.forget, output: gates.output };
    });
  },

  fused: {
    available: () => kernelsAvailable(),
    run(params, inputs, { initialState, lengths, reverse }) {
      const { hidden: initialHidden, cell: initialCell } = initialState;
      const result = lstmSequence({
        ...params,
        inputs,
        initialHidden,
        initialCell,
        lengths,
        reverse,
      });
      return { outputs: result.outputs, finalState: { hidden: result.finalHidden, cell: result.finalCell } };
    },
    stepper(params) {
      const { step, dispose } = lstmStepper(params);
      return {
        step(input, before) {
          const state = step(input, before);
          return { output: state.hidden, state };
        },
        dispose,
      };
    },
  },
};

/** The gates, and the memory c′ behind them: the output gate's peephole looks at it. */
function open(params: LstmParams, input: tf.Tensor2D, { hidden, cell }: LstmState) {
  const drive = tf.add(tf.matMul(input, params.inputKernel), tf.matMul(hidden, params.recurrentKernel));
  const gates = tf.split(tf.add(drive, params.bias), 4, 1) as tf.Tensor2D[];
  const [toInput, toForget, toOutput] = params.peepholes ? tf.split(params.peepholes, 3) : [];
  const gate = (sum: tf.Tensor2D, peephole: tf.Tensor | undefined, memory: tf.Tensor2D): tf.Tensor2D =>
    tf.sigmoid(peephole ? tf.add(sum, tf.mul(peephole, memory)) : sum);

  const inputGate = gate(gates[0]!, toInput, cell);
  const forgetGate = gate(gates[1]!, toForget, cell);
  const next: tf.Tensor2D = tf.add(tf.mul(forgetGate, cell), tf.mul(inputGate, tf.tanh(gates[2]!)));
  return { input: inputGate, forget: forgetGate, output: gate(gates[3]!, toOutput, next), next };
}
