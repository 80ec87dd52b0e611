import * as tf from '@tensorflow/tfjs-core';
import { type FusedSequence, runSequence } from './sequence-kernels.ts';

export interface GruSequenceArgs {
  /** [batch, time, inputSize] */
  inputs: tf.Tensor3D;
  /** [inputSize, 3 · hiddenSize]; gates along the last axis: reset, update, candidate. */
  inputKernel: tf.Tensor2D;
  /** [hiddenSize, 3 · hiddenSize] */
  recurrentKernel: tf.Tensor2D;
  /** [3 · hiddenSize] */
  inputBias: tf.Tensor1D;
  /** [3 · hiddenSize] */
  recurrentBias: tf.Tensor1D;
  /** [batch, hiddenSize] */
  initialHidden: tf.Tensor2D;
  /** [batch], real steps per sequence, 0 to time; all of them where there is none. */
  lengths?: tf.Tensor1D | undefined;
  /** Walk every sequence from its own last real step to its first. */
  reverse?: boolean | undefined;
}

export interface GruSequenceResult {
  /** [batch, time, hiddenSize], zeros past each length. */
  outputs: tf.Tensor3D;
  /** [batch, hiddenSize], after each sequence's last step; the initial state where the length is 0. */
  finalHidden: tf.Tensor2D;
}

/** Saved: the three gates and the recurrent half of the candidate. */
export const fusedGru: FusedSequence = {
  name: 'gru',
  gates: 3,
  biases: ['inputBias', 'recurrentBias'],
  options: {},
  joined: false,
  sizes: ['inputSize', 'hiddenSize'],
  states: ['initialHidden'],
  activations: [3, 1],
  step({ inputKernel, recurrentKernel, inputBias, recurrentBias }, input, [hidden]) {
    const x = tf.add(tf.matMul(input, inputKernel as tf.Tensor2D), inputBias!);
    const h = tf.add(tf.matMul(hidden!, recurrentKernel as tf.Tensor2D), recurrentBias!);
    const [xr, xz, xn] = tf.split(x, 3, 1) as tf.Tensor2D[];
    const [hr, hz, hn] = tf.split(h, 3, 1) as tf.Tensor2D[];
    const candidate = tf.tanh(tf.add(xn!, tf.mul(tf.sigmoid(tf.add(xr!, hr!)), hn!)));
    const update = tf.sigmoid(tf.add(xz!, hz!));
    return [tf.add(candidate, tf.mul(update, tf.sub(hidden!, candidate)))];
  },
};

/**
 * Gated recurrent units (Cho et al. 2014, https://arxiv.org/abs/1406.1078), resetting after the recurrent product as cuDNN
 * and PyTorch do, over whole sequences in one kernel, with gradients for everything but `lengths`. Higher
 * derivatives, and other backends than WASM, go step by step.
 *
 *   r, z = σ(W x + U h)    n = tanh(Wn x + r ⊙ Un h)    h′ = n + z ⊙ (h − n)    (biases omitted)
 *
 * @throws RangeError where shapes or lengths do not fit, TypeError where a tensor is not float32.
 */
export function gruSequence({ lengths, reverse = false, ...tensors }: GruSequenceArgs): GruSequenceResult {
  const [outputs, finalHidden] = runSequence(fusedGru, { ...tensors }, lengths, reverse);
  return { outputs: outputs as tf.Tensor3D, finalHidden: finalHidden as tf.Tensor2D };
}
