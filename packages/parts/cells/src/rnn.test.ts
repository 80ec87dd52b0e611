import { createRng, startRuntime } from '@ostinato/runtime';
import { describeCell } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import reference from './rnn.reference.json' with { type: 'json' };
import { rnn } from './rnn.ts';
import { describeAgainstTorch } from './torch.test-kit.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

describeCell(rnn, unroll, createRng);
describeAgainstTorch(rnn, reference);

test('adds input, state and bias before the tanh', () => {
  const params = {
    inputKernel: tf.tensor2d([[0.1]]),
    recurrentKernel: tf.tensor2d([[0.2]]),
    bias: tf.tensor1d([0.3]),
  };
  // tanh(0.1 · 2 + 0.2 · 3 + 0.3) = tanh(1.1) = 0.8004990
  expect(rnn.step(params, tf.tensor2d([[2]]), tf.tensor2d([[3]])).output).toBeAllClose([[0.800499]]);
});
