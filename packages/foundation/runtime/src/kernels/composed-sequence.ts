import * as tf from '@tensorflow/tfjs-core';
import type { FusedSequence, SequenceAttributes } from './sequence-kernels.ts';

/**
 * What the forward kernel of a recurrent network computes, of tfjs ops, one step after another: outputs, then the final states.
 * Of any order of derivative, on any backend.
 */
export function composedSequence(
  { states: stateNames, step }: FusedSequence,
  tensors: Record<string, tf.Tensor>,
  { lengths, reverse, flags }: SequenceAttributes,
): tf.Tensor[] {
  return tf.tidy(() => {
    const inputs = tensors.inputs as tf.Tensor3D;
    let states = stateNames.map((name) => tf.clone(tensors[name] as tf.Tensor2D));
    const [batch, time] = inputs.shape;
    if (batch === 0 || time === 0) return [tf.zeros([batch, time, states[0]!.shape[1]]), ...states];
    const padded = lengths.some((length) => length < time);
    const columns = tf.reshape(tf.range(0, time, 1, 'int32'), [1, time]);
    const isReal = tf.less(columns, tf.reshape(tf.tensor1d(lengths, 'int32'), [batch, 1]));
    // Zeroed padding, so that a NaN there reaches neither a number nor a gradient.
    const clean = padded ? tf.where(tf.expandDims(isReal, 2), inputs, tf.zerosLike(inputs)) : inputs;
    const steps = tf.unstack(clean, 1) as tf.Tensor2D[];
    const masks = tf.split(isReal, time, 1);
    const outputs: tf.Tensor[] = new Array(time);
    for (let i = 0; i < time; i++) {
      const t = reverse ? time - 1 - i : i;
      const next = step(tensors, steps[t]!, states, flags);
      const mask = masks[t]!;
      outputs[t] = padded ? tf.where(mask, next[0]!, tf.zerosLike(next[0]!)) : next[0]!;
      states = padded ? next.map((state, s) => tf.where(mask, state, states[s]!)) : next;
    }
    return [tf.stack(outputs, 1), ...states];
  });
}
