import { startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { clipByGlobalNorm, globalNorm } from './clip-by-global-norm.ts';

beforeAll(() => startRuntime());

test('the norm is over all gradients together', () => {
  // √(3² + 4² + 12²) = 13
  expect(globalNorm({ a: tf.tensor1d([3, 4]), b: [tf.scalar(12)] })).toBeCloseTo(13, 5);
});

test('long gradients are shortened by one factor, short ones and zeros stay', () => {
  const gradients = { a: tf.tensor1d([3, 0]), b: tf.tensor1d([4]) };
  const clip = (norm: number, tree: typeof gradients) =>
    clipByGlobalNorm(norm).update(tree, tree, []).updates;
  expect(clip(1, gradients).a).toBeAllClose([0.6, 0]);
  expect(clip(1, gradients).b).toBeAllClose([0.8]);
  expect(clip(6, gradients).b).toBeAllClose([4]);
  const zeros = { a: tf.zeros<tf.Rank.R1>([2]), b: tf.zeros<tf.Rank.R1>([1]) };
  expect(clip(1, zeros).a).toBeAllClose([0, 0]);
});

test('refuses a norm that is not positive', () => {
  expect(() => clipByGlobalNorm(0)).toThrow('`maxNorm` is 0');
});
