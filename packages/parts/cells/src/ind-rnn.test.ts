import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './ind-rnn.reference.json' with { type: 'json' };
import { indRnn } from './ind-rnn.ts';

beforeAll(() => startRuntime());

describeGolden(indRnn, golden);

test('every unit sees itself alone', () => {
  const params = {
    inputKernel: tf.tensor2d([[1, -1]]),
    recurrentWeights: tf.tensor1d([0.5, 2]),
    bias: tf.tensor1d([0, 0.25]),
  };
  // 1 · 1 + 0.5 · 4 = 3;  −1 · 1 + 2 · 0.25 + 0.25 = −0.25, rectified 0
  expect(indRnn.step(params, tf.ones([1, 1]), tf.tensor2d([[4, 0.25]])).state).toBeAllClose([[3, 0]]);
});

test('begins with memories of all lengths', () => {
  const params = indRnn.init({ inputSize: 1, hiddenSize: 1000 }, createRng(1));
  const weights = [...params.recurrentWeights.dataSync()];
  // even in [0, 1): mean ½ with standard error 0.29 / √1000 = 0.009
  expect(weights.reduce((sum, weight) => sum + weight, 0) / 1000).toBeCloseTo(0.5, 1);
  expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...weights)).toBeLessThanOrEqual(1);
});
