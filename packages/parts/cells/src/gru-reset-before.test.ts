import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './gru-reset-before.reference.json' with { type: 'json' };
import { gruResetBefore } from './gru-reset-before.ts';

beforeAll(() => startRuntime());

describeGolden(gruResetBefore, golden);

test('the reset gate shuts the hidden vector off before the product', () => {
  const params = {
    inputKernel: tf.tensor2d([[0, 0, 0]]),
    recurrentKernel: tf.tensor2d([[0, 0, 1]]),
    bias: tf.tensor1d([0, 0, 0]),
  };
  // r = z = ½; n = tanh(1 · (½ · 2)) = tanh(1) = 0.7615942; h′ = ½ · 0.7615942 + ½ · 2 = 1.3807971
  const { state } = gruResetBefore.step(params, tf.ones([1, 1]), tf.tensor2d([[2]]));
  expect(state).toBeAllClose([[1.3807971]]);
});
