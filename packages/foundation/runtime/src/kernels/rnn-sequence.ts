import * as tf from '@tensorflow/tfjs-core';
import { type FusedSequence, runSequence } from './sequence-kernels.ts';

export interface RnnSequenceArgs {
  /** [batch, time, inputSize] */
  inputs: tf.Tensor3D;
  /** [inputSize, hiddenSize] */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [hiddenSize] */
  bias: tf.Tensor1D;
  /** [batch, hiddenSize] */
  initialHidden: tf.Tensor2D;
  activation: 'tanh' | 'relu';
  /** [batch], real steps per sequence, 0 to time; all of them where there is none. */
  lengths?: tf.Tensor1D | undefined;
  /** Walk every sequence from its own last real step to its first. */
  reverse?: boolean | undefined;
}

export interface RnnSequenceResult {
  /** [batch, time, hiddenSize], zeros past each length. */
  outputs: tf.Tensor3D;
  /** [batch, hiddenSize], after each sequence's last step; the initial state where the length is 0. */
  finalHidden: tf.Tensor2D;
}

/** Saved: nothing, for the outputs tell the slopes. */
export const fusedRnn: FusedSequence = {
  name: 'rnn',
  gates: 1,
  biases: ['bias'],
  options: {},
  joined: true,
  sizes: ['inputSize', 'hiddenSize'],
  states: ['initialHidden'],
  activations: [],
  step({ inputKernel, recurrentKernel, bias }, input, [hidden], [relu]) {
    const drive = tf.add(
      tf.matMul(input, inputKernel as tf.Tensor2D),
      tf.matMul(hidden!, recurrentKernel as tf.Tensor2D),
    );
    const sum = tf.add(drive, bias!) as tf.Tensor2D;
    return [relu ? tf.relu(sum) : tf.tanh(sum)];
  },
};

/**
 * The simple recurrent network (Elman 1990) h′ = tanh or relu of W x + U h + b over whole sequences in one kernel, with
 * gradients for everything but `lengths`. Higher derivatives, and other backends than WASM, go step by step.
 *
 * @throws RangeError where shapes or lengths do not fit, TypeError where a tensor is not float32.
 */
export function rnnSequence({
  lengths,
  reverse = false,
  activation,
  ...tensors
}: RnnSequenceArgs): RnnSequenceResult {
  const [outputs, finalHidden] = runSequence(fusedRnn, { ...tensors }, lengths, reverse, [
    activation === 'relu' ? 1 : 0,
  ]);
  return { outputs: outputs as tf.Tensor3D, finalHidden: finalHidden as tf.Tensor2D };
}
