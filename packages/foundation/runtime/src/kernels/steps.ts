import type * as tf from '@tensorflow/tfjs-core';
import { fusedGru } from './gru-sequence.ts';
import { fusedLstm } from './lstm-sequence.ts';
import { fusedRnn } from './rnn-sequence.ts';
import { runStep } from './step-kernels.ts';

export interface LstmStepArgs {
  /** [batch, inputSize] */
  input: tf.Tensor2D;
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
  /** [batch, outputSize] */
  hidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  cell: tf.Tensor2D;
}

/** One step of `lstmSequence`, for streaming and beams: no gradient. For one, run a sequence of one step. */
export function lstmStep(args: LstmStepArgs): { hidden: tf.Tensor2D; cell: tf.Tensor2D } {
  const [hidden, cell] = runStep(fusedLstm, ['hidden', 'cell'], { ...args });
  return { hidden: hidden as tf.Tensor2D, cell: cell as tf.Tensor2D };
}

export interface GruStepArgs {
  /** [batch, inputSize] */
  input: tf.Tensor2D;
  /** [inputSize, 3 · hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 3 · hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [3 · hiddenSize] */
  inputBias: tf.Tensor1D;
  /** [3 · hiddenSize] */
  recurrentBias: tf.Tensor1D;
  /** [batch, hiddenSize] */
  hidden: tf.Tensor2D;
}

/** One step of `gruSequence`, for streaming and beams: no gradient. For one, run a sequence of one step. */
export function gruStep(args: GruStepArgs): { hidden: tf.Tensor2D } {
  const [hidden] = runStep(fusedGru, ['hidden'], { ...args });
  return { hidden: hidden as tf.Tensor2D };
}

export interface RnnStepArgs {
  /** [batch, inputSize] */
  input: tf.Tensor2D;
  /** [inputSize, hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [hiddenSize] */
  bias: tf.Tensor1D;
  /** [batch, hiddenSize] */
  hidden: tf.Tensor2D;
  activation: 'tanh' | 'relu';
}

/** One step of `rnnSequence`, for streaming and beams: no gradient. For one, run a sequence of one step. */
export function rnnStep({ activation, ...tensors }: RnnStepArgs): { hidden: tf.Tensor2D } {
  const [hidden] = runStep(fusedRnn, ['hidden'], { ...tensors }, [activation === 'relu' ? 1 : 0]);
  return { hidden: hidden as tf.Tensor2D };
}
