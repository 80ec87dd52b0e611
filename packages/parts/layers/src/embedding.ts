import { ArgumentError, checkNumber, checkTensor, type Rng, randomNormal } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

export interface EmbeddingConfig {
  vocabularySize: number;
  embeddingSize: number;
  /** The id that fills up shorter sequences: its vector is zero. */
  paddingId?: number;
}

export type EmbeddingParams = {
  /** [vocabularySize, embeddingSize] */
  table: tf.Tensor2D;
};

/**
 * A table of vectors, one for each token: drawn from a normal distribution of standard deviation 1, as in PyTorch.
 *
 * @throws ArgumentError for sizes that are no positive integers, or a padding id outside the vocabulary
 */
export function initEmbedding(
  { vocabularySize, embeddingSize, paddingId }: EmbeddingConfig,
  rng: Rng,
): EmbeddingParams {
  checkNumber('initEmbedding', 'vocabularySize', vocabularySize, 'a positive integer');
  checkNumber('initEmbedding', 'embeddingSize', embeddingSize, 'a positive integer');
  if (paddingId !== undefined) checkPaddingId('initEmbedding', paddingId, vocabularySize);
  const table = randomNormal<tf.Rank.R2>(rng, [vocabularySize, embeddingSize], 1);
  if (paddingId === undefined) return { table };
  return {
    table: tf.tidy(() => {
      const isPadding = tf.equal(tf.range(0, vocabularySize, 1, 'int32'), paddingId);
      const kept = tf.where(tf.expandDims(isPadding, 1), tf.zerosLike(table), table);
      table.dispose();
      return kept;
    }),
  };
}

/**
 * Looks tokens up.
 *
 * @param tokenIds  [batch, time], int32, each from 0 to vocabularySize − 1
 * @param paddingId the id that fills up shorter sequences: it gives zeros, and never learns
 * @returns [batch, time, embeddingSize]
 * @throws ShapeError when the ids are not [batch, time], ArgumentError for an id that the table does not have
 */
export function embedding(
  params: EmbeddingParams,
  tokenIds: tf.Tensor2D,
  { paddingId }: { paddingId?: number } = {},
): tf.Tensor3D {
  checkTensor('embedding', 'tokenIds', tokenIds, ['batch', 'time']);
  checkIds('embedding', tokenIds, params.table.shape[0]);
  if (paddingId === undefined) return tf.gather(params.table, tokenIds) as unknown as tf.Tensor3D;
  checkPaddingId('embedding', paddingId, params.table.shape[0]);
  return tf.tidy(() => {
    const vectors = tf.gather(params.table, tokenIds) as unknown as tf.Tensor3D;
    const isReal = tf.expandDims(tf.notEqual(tokenIds, paddingId), 2);
    return tf.where(isReal, vectors, tf.zerosLike(vectors));
  });
}

/** @throws ArgumentError naming the first id that is not in the table: reading past it would give any number */
export function checkIds(where: string, tokenIds: tf.Tensor, vocabularySize: number): void {
  if (tokenIds.dtype !== 'int32') {
    throw new ArgumentError(
      `${where}: \`tokenIds\` is ${tokenIds.dtype}, expected int32. Make it with tf.tensor2d(ids, shape, 'int32').`,
    );
  }
  const ids = tokenIds.dataSync();
  for (let i = 0; i < ids.length; i++) {
    if (ids[i]! >= 0 && ids[i]! < vocabularySize) continue;
    throw new ArgumentError(
      `${where}: \`tokenIds\` has the id ${ids[i]}, expected ids from 0 to ${vocabularySize - 1}. ` +
        'Encode with the vocabulary that the table was made for.',
    );
  }
}

function checkPaddingId(where: string, paddingId: number, vocabularySize: number): void {
  if (Number.isInteger(paddingId) && paddingId >= 0 && paddingId < vocabularySize) return;
  throw new ArgumentError(
    `${where}: \`paddingId\` is ${paddingId}, expected an id from 0 to ${vocabularySize - 1}.`,
  );
}
