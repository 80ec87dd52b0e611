import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { embeddingDropout, wordDropout } from './word-dropout.ts';

beforeAll(() => startRuntime());

test('words become unknown as often as the rate says; some stay', () => {
  const tokenIds = tf.tensor2d(
    Array.from({ length: 2000 }, (_, i) => 2 + (i % 3)),
    [20, 100],
    'int32',
  );
  const dropped = wordDropout(tokenIds, { rate: 0.3, unknownId: 1, keep: [2] }, createRng(1));
  const [before, after] = [tokenIds.dataSync(), [...dropped.dataSync()]];
  expect(after.every((id, i) => id === before[i] || (id === 1 && before[i] !== 2))).toBe(true);
  // 1,333 draws: standard error 0.0126
  const share = after.filter((id) => id === 1).length / after.filter((_, i) => before[i] !== 2).length;
  expect(Math.abs(share - 0.3)).toBeLessThan(0.05);
  expect(dropped.dtype).toBe('int32');
});

test('whole vectors of the table are dropped, the others scaled', () => {
  const { table } = embeddingDropout({ table: tf.ones([100, 3]) }, 0.5, createRng(1));
  const rows = tf.unstack(table).map((row) => [...row.dataSync()]);
  expect(rows.every(([a, b, c]) => a === b && b === c && (a === 0 || a === 2))).toBe(true);
  // 100 draws of ½: standard deviation 5
  expect(Math.abs(rows.filter(([a]) => a === 0).length - 50)).toBeLessThan(20);
});

test('refuses a rate that is none', () => {
  const tokenIds = tf.tensor2d([[1]], [1, 1], 'int32');
  expect(() => wordDropout(tokenIds, { rate: 2, unknownId: 0 }, createRng(1))).toThrow('`rate` is 2');
  expect(() => wordDropout(tokenIds, { rate: 0.1, unknownId: -1 }, createRng(1))).toThrow(
    '`unknownId` is -1',
  );
  expect(() => wordDropout(tokenIds, { rate: 0.1, unknownId: 0 }, undefined as never)).toThrow(
    'wordDropout: `rng` is undefined',
  );
  expect(() => embeddingDropout({ table: tf.ones([2, 3]) }, -1, createRng(1))).toThrow(
    'embeddingDropout: `rate` is -1',
  );
});
