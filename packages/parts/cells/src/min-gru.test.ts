import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './min-gru.reference.json' with { type: 'json' };
import { minGru } from './min-gru.ts';

beforeAll(() => startRuntime());

describeGolden(minGru, golden);

test('halves the way to the candidate where the gate is half open', () => {
  const params = { inputKernel: tf.tensor2d([[0, 3]]), bias: tf.tensor1d([0, 1]) };
  // z = σ(0) = ½, h̃ = 3 · 1 + 1 = 4  →  h′ = ½ · 2 + ½ · 4
  expect(minGru.step(params, tf.ones([1, 1]), tf.tensor2d([[2]])).state).toBeAllClose([[3]]);
});
