import { checkNumber, checkShape, type Rng, randomNormal } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface EmbeddingConfig {
  vocabularySize: number;
  embeddingSize: number;
}

export type EmbeddingParams = {
  /** [vocabularySize, embeddingSize] */
  table: tf.Tensor2D;
};

/** A table of vectors, one for each token: drawn from a normal distribution of standard deviation 1, as in PyTorch. */
export function initEmbedding({ vocabularySize, embeddingSize }: EmbeddingConfig, rng: Rng): EmbeddingParams {
  checkNumber('initEmbedding', 'vocabularySize', vocabularySize, 'a positive integer');
  checkNumber('initEmbedding', 'embeddingSize', embeddingSize, 'a positive integer');
  return { table: randomNormal<tf.Rank.R2>(rng, [vocabularySize, embeddingSize], 1) };
}

/**
 * Looks tokens up.
 *
 * @param tokenIds [batch, time], int32, each from 0 to vocabularySize − 1
 * @returns [batch, time, embeddingSize]
 * @throws ShapeError when the ids are not [batch, time]
 */
export function embedding(params: EmbeddingParams, tokenIds: tf.Tensor2D): tf.Tensor3D {
  checkShape('embedding', 'tokenIds', tokenIds.shape, ['batch', 'time']);
  return tf.gather(params.table, tokenIds) as unknown as tf.Tensor3D;
}
