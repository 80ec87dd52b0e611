import { ArgumentError, checkShape } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface CrossEntropyOptions {
  /** Shape of the labels; 1 where a label counts, 0 where it is padding. All count when absent. */
  mask?: tf.Tensor;
}

/**
 * Softmax cross-entropy of logits against labels: the mean over real tokens, in nats.
 *
 * @param logits [..., classes]
 * @param labels [...], int32, each from 0 to classes − 1 (also where the mask is 0)
 * @returns a scalar; 0 when the mask leaves no token
 * @throws ShapeError when the axes differ, ArgumentError for a label that names no class
 */
export function crossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { mask }: CrossEntropyOptions = {},
): tf.Scalar {
  const classes = logits.shape.at(-1) ?? 0;
  checkShape('crossEntropy', 'labels', labels.shape, logits.shape.slice(0, -1));
  if (mask) checkShape('crossEntropy', 'mask', mask.shape, labels.shape);
  const wrong = labels.dataSync().findIndex((label) => !(label >= 0 && label < classes));
  if (wrong >= 0) {
    throw new ArgumentError(
      `crossEntropy: label ${wrong} is ${labels.dataSync()[wrong]}, expected a class from 0 to ${classes - 1}.`,
    );
  }
  return tf.tidy(() => {
    const rows = labels.size;
    const logProbs = tf.logSoftmax(tf.reshape(logits, [rows, classes]));
    // One number picked from each row of the flattened matrix: no one-hot is made.
    const places = tf.add(
      tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(classes, 'int32')),
      tf.reshape(labels, [rows]),
    );
    const nats = tf.neg(tf.gather(tf.reshape(logProbs, [rows * classes]), tf.cast(places, 'int32')));
    if (!mask) return tf.mean(nats) as tf.Scalar;
    const weights = tf.cast(tf.reshape(mask, [rows]), 'float32');
    const real = tf.where(tf.greater(weights, 0), nats, tf.zerosLike(nats)); // a NaN in the padding stays there
    return tf.div(tf.sum(tf.mul(real, weights)), tf.maximum(tf.sum(weights), 1)) as tf.Scalar;
  });
}
