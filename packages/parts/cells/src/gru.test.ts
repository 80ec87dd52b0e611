import { createRng, startRuntime } from '@ostinato/runtime';
import { describeCell } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import reference from './gru.reference.json' with { type: 'json' };
import { gru } from './gru.ts';
import { describeAgainstTorch } from './torch.test-kit.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

describeCell(gru, unroll, createRng);
describeAgainstTorch(gru, reference);

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
