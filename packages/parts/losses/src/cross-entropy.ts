import {
  ArgumentError,
  checkShape,
  kernelsAvailable,
  type SoftmaxCrossEntropyArgs,
  softmaxCrossEntropy,
} from '@ostinato/runtime';
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
    const weights = mask && (tf.cast(tf.reshape(mask, [rows]), 'float32') as tf.Tensor1D);
    const nats = (kernelsAvailable() ? softmaxCrossEntropy : composedCrossEntropy)({
      logits: tf.reshape(logits, [rows, classes]),
      labels: tf.reshape(labels, [rows]) as tf.Tensor1D,
      weights,
    });
    if (!weights) return tf.mean(nats) as tf.Scalar;
    return tf.div(tf.sum(nats), tf.maximum(tf.sum(weights), 1)) as tf.Scalar;
  });
}

/**
 * The definition, of tfjs ops: weight · (log Σ e^logits − logits[label]) for each row.
 *
 * @returns [rows], nats
 */
export function composedCrossEntropy({ logits, labels, weights }: SoftmaxCrossEntropyArgs): tf.Tensor1D {
  const [rows, classes] = logits.shape;
  // One number picked from each row of the flattened matrix: no one-hot is made.
  const places = tf.add(tf.mul(tf.range(0, rows, 1, 'int32'), tf.scalar(classes, 'int32')), labels);
  const logProbs = tf.reshape(tf.logSoftmax(logits), [rows * classes]);
  const nats = tf.neg(tf.gather(logProbs, tf.cast(places, 'int32'))) as tf.Tensor1D;
  if (!weights) return nats;
  const real = tf.where(tf.notEqual(weights, 0), nats, tf.zerosLike(nats)); // a NaN in the padding stays there
  return tf.mul(real, weights);
}
