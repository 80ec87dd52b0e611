import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import reluGolden from './relu-rnn.reference.json' with { type: 'json' };
import golden from './rnn.reference.json' with { type: 'json' };
import { reluRnn, rnn } from './rnn.ts';

beforeAll(() => startRuntime());

describeGolden(rnn, golden);
describeGolden(reluRnn, reluGolden);

test('adds input, state and bias before the tanh', () => {
  const params = {
    inputKernel: tf.tensor2d([[0.1]]),
    recurrentKernel: tf.tensor2d([[0.2]]),
    bias: tf.tensor1d([0.3]),
  };
  // tanh(0.1 · 2 + 0.2 · 3 + 0.3) = tanh(1.1) = 0.8004990
  expect(rnn.step(params, tf.tensor2d([[2]]), tf.tensor2d([[3]])).output).toBeAllClose([[0.800499]]);
});
