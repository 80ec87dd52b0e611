import * as tf from '@tensorflow/tfjs-core';

/** Zeroes what lies past each length, along the second axis, whatever it holds: a NaN there reaches nothing. */
export function zeroPast<R extends tf.Rank>(inputs: tf.Tensor<R>, lengths: ArrayLike<number>): tf.Tensor<R> {
  return tf.where(realSteps(inputs, lengths), inputs, tf.zerosLike(inputs));
}

/** Which steps are real: [batch, time, 1, …], bool, as many axes as the inputs have. */
export function realSteps(inputs: tf.Tensor, lengths: ArrayLike<number>): tf.Tensor {
  const [batch, time] = inputs.shape as [number, number];
  const steps = tf.reshape(tf.range(0, time, 1, 'int32'), [1, time]);
  const isReal = tf.less(steps, tf.tensor2d(Array.from(lengths), [batch, 1], 'int32'));
  return tf.reshape(isReal, [batch, time, ...new Array<number>(inputs.rank - 2).fill(1)]);
}
