import * as tf from '@tensorflow/tfjs-core';

/**
 * One step of each sequence.
 *
 * @param sequences [batch, time, features]
 * @param steps     which one, for each sequence
 * @returns [batch, features]
 */
export function stepAt(sequences: tf.Tensor3D, steps: readonly number[]): tf.Tensor2D {
  const [batch, time, features] = sequences.shape;
  const rows = tf.tensor1d(
    steps.map((step, sequence) => sequence * time + step),
    'int32',
  );
  return tf.gather(tf.reshape(sequences, [batch * time, features]), rows) as tf.Tensor2D;
}
