import * as tf from '@tensorflow/tfjs-core';

/**
 * Whether the gradient that is being taken will itself be differentiated: a tape is open around it. The backward kernels are
 * the end of a tape, so their calls are then composed of tfjs ops.
 */
export function differentiatesAgain(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/**
 * The gradients of a composed function for a registered gradient to return: Σ gradients ⊙ outputs is differentiated, by ops
 * that stand on the tape around it.
 *
 * @param outputGradients one for each output of `f`
 */
export function composedGradients(
  inputs: Record<string, tf.Tensor>,
  outputGradients: readonly tf.Tensor[],
  f: (inputs: Record<string, tf.Tensor>) => tf.Tensor[],
): Record<string, () => tf.Tensor> {
  const names = Object.keys(inputs);
  const tensors = Object.values(inputs);
  const { grads } = tf.engine().gradients(
    () => {
      const outputs = f(inputs);
      return tf.addN(outputs.map((output, i) => tf.sum(tf.mul(output, outputGradients[i]!)))) as tf.Scalar;
    },
    tensors,
    undefined,
    true,
  );
  return Object.fromEntries(names.map((name, i) => [name, () => grads[i] ?? tf.zerosLike(tensors[i]!)]));
}
