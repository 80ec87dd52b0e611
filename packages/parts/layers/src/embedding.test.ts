import { createRng, startRuntime } from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { embedding, initEmbedding } from './embedding.ts';

beforeAll(() => startRuntime());

const ids = () => tf.tensor2d([[2, 0, 2]], [1, 3], 'int32');

test('looks each token up', () => {
  const table = tf.tensor2d([[1, 2], [3, 4], [5, 6]]); // biome-ignore format: a matrix
  expect(embedding({ table }, ids())).toBeAllClose([[[5, 6], [1, 2], [5, 6]]]); // biome-ignore format: a matrix
});

test('its table learns: gradients agree with finite differences', () => {
  const params = initEmbedding({ vocabularySize: 4, embeddingSize: 2 }, createRng(1));
  expectGradients((p) => tf.sum(tf.square(embedding(p, ids()))), params);
});

test('starts with standard deviation one', () => {
  const { table } = initEmbedding({ vocabularySize: 100, embeddingSize: 100 }, createRng(1));
  const { mean, variance } = tf.moments(table);
  // 10,000 draws: standard errors 0.01 and 0.014
  expect(mean).toBeAllClose(0, { absolute: 0.04 });
  expect(variance).toBeAllClose(1, { absolute: 0.06 });
});

test('refuses ids that are not [batch, time], and sizes that are none', () => {
  const params = initEmbedding({ vocabularySize: 3, embeddingSize: 2 }, createRng(1));
  expect(() => embedding(params, tf.tensor1d([0], 'int32') as never)).toThrow('`tokenIds` has shape [1]');
  expect(() => initEmbedding({ vocabularySize: 0, embeddingSize: 2 }, createRng(1))).toThrow(
    '`vocabularySize` is 0',
  );
});

test('leaves no tensor behind', async () => {
  const params = initEmbedding({ vocabularySize: 3, embeddingSize: 2 }, createRng(1));
  const tokenIds = ids();
  await expectNoLeak(() => {
    embedding(params, tokenIds).dispose();
    return 0;
  });
});

test('padding gives zeros and never learns', () => {
  const config = { vocabularySize: 3, embeddingSize: 2, paddingId: 2 };
  const params = initEmbedding(config, createRng(1));
  expect(tf.slice(params.table, 2)).toBeAllClose([[0, 0]], { absolute: 0 });
  const table = tf.ones<tf.Rank.R2>([3, 2]);
  const gradient = tf.grad((t) => embedding({ table: t as tf.Tensor2D }, ids(), { paddingId: 2 }))(table);
  // id 0 occurs once, the padding twice
  expect(gradient).toBeAllClose([[1, 1], [0, 0], [0, 0]]); // biome-ignore format: a matrix
});

test('refuses a padding id outside the vocabulary, and leaves nothing behind', () => {
  const before = tf.memory().numTensors;
  const config = { vocabularySize: 3, embeddingSize: 2, paddingId: 7 };
  expect(() => initEmbedding(config, createRng(1))).toThrow('initEmbedding: `paddingId` is 7');
  expect(tf.memory().numTensors).toBe(before);
});

test('refuses ids that the table does not have, and ids that are no integers', () => {
  const params = initEmbedding({ vocabularySize: 2, embeddingSize: 2 }, createRng(1));
  expect(() => embedding(params, ids())).toThrow('`tokenIds` has the id 2, expected ids from 0 to 1');
  expect(() => embedding(params, tf.tensor2d([[-1]], [1, 1], 'int32'))).toThrow('the id -1');
  expect(() => embedding(params, tf.tensor2d([[0.5]]))).toThrow('`tokenIds` is float32, expected int32');
  expect(() => embedding(params, tf.zeros([1, 1], 'int32'), { paddingId: 5 })).toThrow('`paddingId` is 5');
  const gone = ids();
  gone.dispose();
  expect(() => embedding(params, gone)).toThrow('`tokenIds` has been disposed of');
});
