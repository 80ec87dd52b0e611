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
