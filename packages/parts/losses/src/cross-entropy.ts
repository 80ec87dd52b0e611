import { ArgumentError, checkNumber, checkShape, softmaxCrossEntropy } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface CrossEntropyOptions {
  /** Shape of the labels; 1 where a label counts, 0 where it is padding. All count when absent. */
  mask?: tf.Tensor;
  /** The share of each target that is spread evenly over all classes (Szegedy et al. 2016), from 0 to below 1. */
  labelSmoothing?: number;
}

/**
 * Softmax cross-entropy of logits against labels: the mean over real tokens, in nats. With label smoothing ε
 * (https://arxiv.org/abs/1512.00567, section 7) a token costs (1 − ε) times that of its label and ε times the mean over all
 * classes.
 *
 * @param logits [..., classes]
 * @param labels [...], int32, each from 0 to classes − 1, anything where the mask is 0
 * @returns a scalar; 0 when there is no token
 * @throws ShapeError when the axes differ, ArgumentError for labels that are not int32 or name no class, a mask of other
 *   numbers than 0 and 1, or a smoothing outside [0, 1)
 */
export function crossEntropy(
  logits: tf.Tensor,
  labels: tf.Tensor,
  { mask, labelSmoothing = 0 }: CrossEntropyOptions = {},
): tf.Scalar {
  const classes = logits.shape.at(-1) ?? 0;
  checkShape('crossEntropy', 'labels', labels.shape, logits.shape.slice(0, -1));
  if (mask) checkShape('crossEntropy', 'mask', mask.shape, labels.shape);
  checkNumber('crossEntropy', 'labelSmoothing', labelSmoothing, 'a number from 0 to below 1');
  if (labels.dtype !== 'int32') {
    throw new ArgumentError(
      `crossEntropy: \`labels\` is ${labels.dtype}, expected int32. Make them with tf.tensor(…, 'int32'), or cast them with tf.cast(labels, 'int32').`,
    );
  }
  const counted = mask?.dataSync();
  const neither = counted?.findIndex((value: number) => value !== 0 && value !== 1) ?? -1;
  if (neither >= 0) {
    throw new ArgumentError(
      `crossEntropy: \`mask\` at ${placeOf(neither, labels.shape)} is ${counted![neither]}, expected 1 where a label counts, 0 where it is padding.`,
    );
  }
  const tokenIds = labels.dataSync();
  const wrong = tokenIds.findIndex((label, i) => !(label >= 0 && label < classes) && counted?.[i] !== 0);
  if (wrong >= 0) {
    throw new ArgumentError(
      `crossEntropy: \`labels\` at ${placeOf(wrong, labels.shape)} is ${tokenIds[wrong]}, expected a class from 0 to ${classes - 1}.`,
    );
  }
  return tf.tidy(() => {
    const rows = labels.size;
    const weights = mask && (tf.cast(tf.reshape(mask, [rows]), 'float32') as tf.Tensor1D);
    const nats = softmaxCrossEntropy({
      logits: tf.reshape(logits, [rows, classes]),
      labels: tf.reshape(labels, [rows]) as tf.Tensor1D,
      weights,
      labelSmoothing,
    });
    const tokens = weights ? tf.maximum(tf.sum(weights), 1) : Math.max(rows, 1);
    return tf.div(tf.sum(nats), tokens) as tf.Scalar;
  });
}

/** The index along every axis of what lies so far in: `[1, 1]`. */
function placeOf(offset: number, shape: readonly number[]): string {
  const place: number[] = [];
  let rest = offset;
  for (const size of [...shape].reverse()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${place.join(', ')}]`;
}
