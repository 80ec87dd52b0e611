import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './layer-norm-lstm.reference.json' with { type: 'json' };
import { layerNormLstm } from './layer-norm-lstm.ts';

beforeAll(() => startRuntime());

describeGolden(layerNormLstm, golden);

test('a layer of equal numbers is no division by zero', () => {
  const params = layerNormLstm.init({ inputSize: 2, hiddenSize: 1 }, createRng(1));
  const state = layerNormLstm.zeroState(params, 1);
  // W x = U h = 0, N(0) = 0; c′ = σ(1) · 0 + σ(0) tanh(0) = 0; h′ = σ(0) tanh(0) = 0
  const { output } = layerNormLstm.step(params, tf.zeros([1, 2]), state);
  expect(output).toBeAllClose([[0]]);
});
