import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { highway, initHighway } from './highway.ts';

beforeAll(() => startRuntime());

test('half open, it takes the mean of what it makes and what it got', () => {
  const layer = {
    transform: { kernel: tf.tensor2d([[3]]), bias: tf.tensor1d([1]) },
    gate: { kernel: tf.tensor2d([[0]]), bias: tf.tensor1d([0]) },
  };
  // t = σ(0) = ½: ½ · max(0, 3 · 2 + 1) + ½ · 2 = 4.5; for −2: ½ · max(0, −5) − 1 = −1
  expect(highway({ layers: [layer] }, tf.tensor2d([[2], [-2]]))).toBeAllClose([[4.5], [-1]]);
});

test('a fresh one mostly carries', () => {
  const params = initHighway({ size: 8, gateBias: -20 }, createRng(1));
  expect(highway(params, tf.ones<tf.Rank.R2>([2, 8]))).toBeAllClose(tf.ones<tf.Rank.R2>([2, 8]), {
    absolute: 1e-5,
  });
  expect(() => initHighway({ size: 0 }, createRng(1))).toThrow('`size` is 0');
  expect(() => highway(params, tf.ones<tf.Rank.R2>([2, 7]))).toThrow('expected [batch, 8]');
});
