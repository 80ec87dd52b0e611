import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './min-lstm.reference.json' with { type: 'json' };
import { minLstm } from './min-lstm.ts';

beforeAll(() => startRuntime());

describeGolden(minLstm, golden);

test('two gates that are shut share the weight all the same', () => {
  const params = { inputKernel: tf.tensor2d([[0, 0, 3]]), bias: tf.tensor1d([-200, -200, 1]) };
  // f = i, however small: f / (f + i) = ½, h̃ = 4  →  h′ = ½ · 2 + ½ · 4
  expect(minLstm.step(params, tf.ones([1, 1]), tf.tensor2d([[2]])).state).toBeAllClose([[3]]);
});
