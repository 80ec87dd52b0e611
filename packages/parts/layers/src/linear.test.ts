import { createRng, startRuntime } from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { initLinear, linear } from './linear.ts';

beforeAll(() => startRuntime());

test('x W + b, along the last axis of matrices and sequences', () => {
  const params = { kernel: tf.tensor2d([[1, 2], [3, 4]]), bias: tf.tensor1d([10, 20]) }; // biome-ignore format: a matrix
  // [1, 1] W = [4, 6]; [2, 0] W = [2, 4]
  const rows = tf.tensor2d([[1, 1], [2, 0]]); // biome-ignore format: a matrix
  expect(linear(params, rows)).toBeAllClose([[14, 26], [12, 24]]); // biome-ignore format: a matrix
  expect(linear(params, tf.expandDims<tf.Tensor3D>(rows))).toBeAllClose([[[14, 26], [12, 24]]]); // biome-ignore format: a matrix
});

test('gradients agree with finite differences', () => {
  const rng = createRng(1);
  const params = initLinear({ inputSize: 3, outputSize: 2 }, rng);
  const inputs = tf.tensor3d([0.5, -1, 2, 1, 0, -0.5], [1, 2, 3]);
  expectGradients((all) => tf.sum(tf.tanh(linear(all.params, all.inputs))), { params, inputs });
});

test('starts even in ±1/√inputSize', () => {
  const { kernel, bias } = initLinear({ inputSize: 16, outputSize: 200 }, createRng(2));
  const values = [...kernel.dataSync(), ...bias.dataSync()];
  expect(Math.max(...values)).toBeLessThanOrEqual(0.25);
  expect(Math.min(...values)).toBeLessThan(-0.24);
  expect(Math.max(...values)).toBeGreaterThan(0.24);
});

test('says which width it expects', () => {
  const params = initLinear({ inputSize: 3, outputSize: 2 }, createRng(1));
  expect(() => linear(params, tf.zeros<tf.Rank.R3>([2, 5, 4]))).toThrow(
    '`inputs` has shape [2, 5, 4], expected [batch, time, 3]',
  );
});

test('leaves no tensor behind', async () => {
  const params = initLinear({ inputSize: 3, outputSize: 2 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R2>([4, 3]);
  await expectNoLeak(() => {
    linear(params, inputs).dispose();
    return 0;
  });
});

test('what is no tensor is named', () => {
  const params = initLinear({ inputSize: 3, outputSize: 2 }, createRng(1));
  for (const nothing of [undefined, null, [[1, 2, 3]]]) {
    expect(() => linear(params, nothing as never)).toThrow(/^linear: `inputs` is .* expected a tensor/);
  }
});
