import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './gru.reference.json' with { type: 'json' };
import { gru } from './gru.ts';

beforeAll(() => startRuntime());

describeGolden(gru, golden);

test('zero weights average the zero candidate with the state', () => {
  const params: Parameters<typeof gru.step>[0] = {
    inputKernel: tf.zeros([1, 3]),
    recurrentKernel: tf.zeros([1, 3]),
    inputBias: tf.zeros([3]),
    recurrentBias: tf.zeros([3]),
  };
  // z = σ(0) = ½, n = tanh(0) = 0  →  h′ = 0 + ½ · (1 − 0)
  expect(gru.step(params, tf.ones([1, 1]), tf.ones([1, 1])).state).toBeAllClose([[0.5]]);
});
