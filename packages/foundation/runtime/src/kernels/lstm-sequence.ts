import * as tf from '@tensorflow/tfjs-core';
import { type FusedSequence, runSequence } from './sequence-kernels.ts';

export interface LstmSequenceArgs {
  /** [batch, time, inputSize] */
  inputs: tf.Tensor3D;
  /** [inputSize, 4 · hiddenSize]; gates along the last axis: input, forget, candidate, output. */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 4 · hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [4 · hiddenSize] */
  bias: tf.Tensor1D;
  /** [batch, hiddenSize] */
  initialHidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  initialCell: tf.Tensor2D;
  /** [batch], real steps per sequence, 0 to time; all of them where there is none. */
  lengths?: tf.Tensor1D | undefined;
  /** Walk every sequence from its own last real step to its first. */
  reverse?: boolean | undefined;
}

export interface LstmSequenceResult {
  /** [batch, time, hiddenSize], zeros past each length. */
  outputs: tf.Tensor3D;
  /** [batch, hiddenSize], after each sequence's last step; the initial state where the length is 0. */
  finalHidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  finalCell: tf.Tensor2D;
}

/** Saved: the four gates and the cell. */
export const fusedLstm: FusedSequence = {
  name: 'lstm',
  gates: 4,
  biases: ['bias'],
  states: ['initialHidden', 'initialCell'],
  activations: [4, 1],
  step({ inputKernel, recurrentKernel, bias }, input, [hidden, cell]) {
    const drive = tf.add(
      tf.matMul(input, inputKernel as tf.Tensor2D),
      tf.matMul(hidden!, recurrentKernel as tf.Tensor2D),
    );
    const [i, f, g, o] = tf.split(tf.add(drive, bias!), 4, 1) as tf.Tensor2D[];
    const next = tf.add(tf.mul(tf.sigmoid(f!), cell!), tf.mul(tf.sigmoid(i!), tf.tanh(g!))) as tf.Tensor2D;
    return [tf.mul(tf.sigmoid(o!), tf.tanh(next)), next];
  },
};

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) over whole sequences in
 * one kernel, with gradients for everything but `lengths`. Higher derivatives, and other backends than WASM, go step by step.
 *
 *   i, f, o = σ(W x + U h + b)    g = tanh(W x + U h + b)    c′ = f ⊙ c + i ⊙ g    h′ = o ⊙ tanh(c′)
 *
 * @throws RangeError where shapes or lengths do not fit, TypeError where a tensor is not float32.
 */
export function lstmSequence({ lengths, reverse = false, ...tensors }: LstmSequenceArgs): LstmSequenceResult {
  const [outputs, finalHidden, finalCell] = runSequence(fusedLstm, { ...tensors }, lengths, reverse);
  return {
    outputs: outputs as tf.Tensor3D,
    finalHidden: finalHidden as tf.Tensor2D,
    finalCell: finalCell as tf.Tensor2D,
  };
}
