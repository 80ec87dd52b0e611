import type * as tf from '@tensorflow/tfjs-core';
import { fusedGru } from './gru-sequence.ts';
import { fusedLstm } from './lstm-sequence.ts';
import { fusedRnn } from './rnn-sequence.ts';
import { createStepper, type Stepper } from './stepper.ts';

export interface LstmStepperParams {
  /** [inputSize, 4 · hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [outputSize, 4 · hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [4 · hiddenSize] */
  bias: tf.Tensor1D;
  /** [3 · hiddenSize]: input, forget, output. */
  peepholes?: tf.Tensor1D | undefined;
  /** [hiddenSize, projectionSize] */
  projectionKernel?: tf.Tensor2D | undefined;
}

/** hidden [batch, outputSize], cell [batch, hiddenSize] */
export type LstmStepperStates = { hidden: tf.Tensor2D; cell: tf.Tensor2D };

/**
 * Steps of `lstmSequence` for streaming and beams. Takes a copy of the parameters, laid out so that a step reads it from end
 * to end: 4 bytes a parameter until `dispose`, and what becomes of the parameters later is not seen. A step allocates its
 * results, and of more than one sequence room for their inputs and gates, 4 bytes each, for as long as it runs.
 *
 * @throws RangeError where shapes do not fit, TypeError where a tensor is not float32.
 */
export function lstmStepper(params: LstmStepperParams): Stepper<LstmStepperStates> {
  return createStepper(fusedLstm, ['hidden', 'cell'], { ...params }) as unknown as Stepper<LstmStepperStates>;
}

export interface GruStepperParams {
  /** [inputSize, 3 · hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 3 · hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [3 · hiddenSize] */
  inputBias: tf.Tensor1D;
  /** [3 · hiddenSize] */
  recurrentBias: tf.Tensor1D;
}

/** hidden [batch, hiddenSize] */
export type HiddenState = { hidden: tf.Tensor2D };

/** Steps of `gruSequence` for streaming and beams, as `lstmStepper`'s. */
export function gruStepper(params: GruStepperParams): Stepper<HiddenState> {
  return createStepper(fusedGru, ['hidden'], { ...params }) as unknown as Stepper<HiddenState>;
}

export interface RnnStepperParams {
  /** [inputSize, hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [hiddenSize] */
  bias: tf.Tensor1D;
  activation: 'tanh' | 'relu';
}

/** Steps of `rnnSequence` for streaming and beams, as `lstmStepper`'s. */
export function rnnStepper({ activation, ...params }: RnnStepperParams): Stepper<HiddenState> {
  const flags = [activation === 'relu' ? 1 : 0];
  return createStepper(fusedRnn, ['hidden'], { ...params }, flags) as unknown as Stepper<HiddenState>;
}
