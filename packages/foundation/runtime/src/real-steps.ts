import * as tf from '@tensorflow/tfjs-core';

/**
 * Which steps are real and no padding.
 *
 * @param lengths [batch], how many steps of each sequence are real; checked by the caller
 * @param time steps in all
 * @returns [batch, time], bool
 */
export function realSteps(lengths: tf.Tensor1D | ArrayLike<number>, time: number): tf.Tensor2D {
  const counts = lengths instanceof tf.Tensor ? lengths : tf.tensor1d(Array.from(lengths), 'int32');
  return tf.less(tf.reshape(tf.range(0, time, 1, 'int32'), [1, time]), tf.reshape(counts, [counts.size, 1]));
}

/**
 * Zeroes padding, whatever it holds: a NaN there reaches neither a number nor a gradient.
 *
 * @param inputs [batch, time, …]
 * @param isReal [batch, time], from `realSteps`
 */
export function zeroPast<R extends tf.Rank>(inputs: tf.Tensor<R>, isReal: tf.Tensor2D): tf.Tensor<R> {
  const axes = new Array<number>(inputs.rank - 2).fill(1);
  return tf.where(tf.reshape(isReal, [...isReal.shape, ...axes]), inputs, tf.zerosLike(inputs));
}
