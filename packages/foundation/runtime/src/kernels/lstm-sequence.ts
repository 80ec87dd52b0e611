import * as tf from '@tensorflow/tfjs-core';
import { type FusedSequence, runSequence } from './sequence-kernels.ts';

export interface LstmSequenceArgs {
  /** [batch, time, inputSize] */
  inputs: tf.Tensor3D;
  /** [inputSize, 4 · hiddenSize]; gates along the last axis: input, forget, candidate, output. */
  inputKernel: tf.Tensor2D;
  /** [outputSize, 4 · hiddenSize]; outputSize is the projection's, or hiddenSize where there is none. */
  recurrentKernel: tf.Tensor2D;
  /** [4 · hiddenSize] */
  bias: tf.Tensor1D;
  /** [3 · hiddenSize]: input, forget, output; the gates see the memory through them. */
  peepholes?: tf.Tensor1D | undefined;
  /** [hiddenSize, projectionSize]; narrows the output, and what recurs. */
  projectionKernel?: tf.Tensor2D | undefined;
  /** [batch, outputSize] */
  initialHidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  initialCell: tf.Tensor2D;
  /** [batch], real steps per sequence, 0 to time; all of them where there is none. */
  lengths?: tf.Tensor1D | undefined;
  /** Walk every sequence from its own last real step to its first. */
  reverse?: boolean | undefined;
}

export interface LstmSequenceResult {
  /** [batch, time, outputSize], zeros past each length. */
  outputs: tf.Tensor3D;
  /** [batch, outputSize], after each sequence's last step; the initial state where the length is 0. */
  finalHidden: tf.Tensor2D;
  /** [batch, hiddenSize] */
  finalCell: tf.Tensor2D;
}

/** Saved: the four gates and the cell. */
export const fusedLstm: FusedSequence = {
  name: 'lstm',
  gates: 4,
  biases: ['bias'],
  options: {
    peepholes: ({ hiddenSize }) => [3 * hiddenSize],
    // To the kernels a width of 0 means that nothing is projected.
    projectionKernel: ({ hiddenSize, outputSize }) => [hiddenSize, Math.max(outputSize, 1)],
  },
  joined: true,
  sizes: ['inputSize', 'hiddenSize', 'projectionSize'],
  states: ['initialHidden', 'initialCell'],
  activations: [4, 1],
  step({ inputKernel, recurrentKernel, bias, peepholes, projectionKernel }, input, [hidden, cell]) {
    const drive = tf.add(
      tf.matMul(input, inputKernel as tf.Tensor2D),
      tf.matMul(hidden!, recurrentKernel as tf.Tensor2D),
    );
    const [i, f, g, o] = tf.split(tf.add(drive, bias!), 4, 1) as tf.Tensor2D[];
    const [toInput, toForget, toOutput] = peepholes ? tf.split(peepholes, 3) : [];
    const gate = (sum: tf.Tensor, peephole: tf.Tensor | undefined, memory: tf.Tensor) =>
      tf.sigmoid(peephole ? tf.add(sum, tf.mul(peephole, memory)) : sum);
    const kept = tf.mul(gate(f!, toForget, cell!), cell!);
    const next = tf.add(kept, tf.mul(gate(i!, toInput, cell!), tf.tanh(g!))) as tf.Tensor2D;
    const shown = tf.mul(gate(o!, toOutput, next), tf.tanh(next)) as tf.Tensor2D;
    return [projectionKernel ? tf.matMul(shown, projectionKernel as tf.Tensor2D) : shown, next];
  },
};

/**
 * Long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000) over whole sequences in
 * one kernel, with gradients for everything but `lengths`. Higher derivatives, and other backends than WASM, go step by step.
 *
 *   i, f, o = σ(W x + U h + b)    g = tanh(W x + U h + b)    c′ = f ⊙ c + i ⊙ g    h′ = o ⊙ tanh(c′)
 *
 * With peepholes (Gers & Schmidhuber 2000, https://doi.org/10.1109/IJCNN.2000.861302) pi ⊙ c and pf ⊙ c are added to the
 * input and forget gates and po ⊙ c′ to the output gate, before the σ. With a projection (Sak, Senior & Beaufays 2014,
 * https://arxiv.org/abs/1402.1128) h′ = (o ⊙ tanh(c′)) · R.
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
