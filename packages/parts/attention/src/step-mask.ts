import { ArgumentError } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/** Which steps are real: [batch, time], bool. */
export function stepMask(lengths: ArrayLike<number>, time: number): tf.Tensor2D {
  const steps = tf.reshape(tf.range(0, time, 1, 'int32'), [1, time]);
  return tf.less(steps, tf.tensor2d(Array.from(lengths), [lengths.length, 1], 'int32'));
}

/** Zeroes what lies past each length, whatever it holds: a NaN there reaches nothing. */
export function zeroPast(inputs: tf.Tensor3D, lengths: ArrayLike<number>): tf.Tensor3D {
  const isReal = tf.expandDims(stepMask(lengths, inputs.shape[1]), 2);
  return tf.where(isReal, inputs, tf.zerosLike(inputs));
}

/** @throws ArgumentError for a memory [batch, time, memorySize] of time 0: a softmax over nothing has no sum to divide by */
export function checkSteps(where: string, shape: readonly number[]): void {
  if (shape[1] !== 0) return;
  throw new ArgumentError(
    `${where}: \`memory\` has shape [${shape}], expected at least one step. Pad it, and give lengths of 0.`,
  );
}
