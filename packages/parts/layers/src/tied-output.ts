import { checkTensor } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export type TiedOutputParams = {
  /** [vocabularySize, embeddingSize]: the very table of the embedding */
  table: tf.Tensor2D;
  /** [vocabularySize] */
  bias?: tf.Tensor1D;
};

/**
 * Logits from the embedding's own table: x Eᵀ + b, so that what is learned of a token as input serves it as output (Press
 * & Wolf 2017, https://arxiv.org/abs/1608.05859). Gradients of both uses add up in the one table.
 *
 * ```ts
 * const logits = tiedOutput({ table: params.embedding.table, bias: params.outputBias }, hidden);
 * ```
 *
 * @param inputs [batch, embeddingSize] or [batch, time, embeddingSize]
 * @returns the same axes, the last one vocabularySize wide
 * @throws ShapeError when the last axis is not embeddingSize
 */
export function tiedOutput<R extends tf.Rank.R2 | tf.Rank.R3>(
  { table, bias }: TiedOutputParams,
  inputs: tf.Tensor<R>,
): tf.Tensor<R> {
  const [vocabularySize, embeddingSize] = table.shape;
  const outer = inputs.rank === 3 ? ['batch', 'time'] : ['batch'];
  checkTensor(
    'tiedOutput',
    'inputs',
    inputs,
    [...outer, embeddingSize],
    () => 'A tied table needs hidden vectors as wide as the embedding: put a linear layer between them.',
  );
  return tf.tidy(() => {
    const rows = tf.reshape(inputs, [-1, embeddingSize]);
    const logits = tf.matMul(rows, table, false, true);
    const shifted = bias ? tf.add(logits, bias) : logits;
    return tf.reshape(shifted, [...inputs.shape.slice(0, -1), vocabularySize] as tf.ShapeMap[R]);
  });
}
