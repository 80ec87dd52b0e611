import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

test('starts WASM with SIMD, once', async () => {
  expect(startRuntime()).toBe(startRuntime());
  expect(await startRuntime()).toMatchObject({
    backend: 'wasm',
    simd: true,
    kernels: expect.stringMatching(/^(plain|relaxed)$/),
  });
  expect(tf.getBackend()).toBe('wasm');
});

test('refuses to start in a second way, or in none', async () => {
  await expect(startRuntime({ backend: 'cpu' })).rejects.toThrow('it runs on wasm already');
  await expect(startRuntime({ deterministic: true })).rejects.toThrow('asked for wasm, deterministic');
  await expect(startRuntime({ backend: 'webgl' as 'cpu' })).rejects.toThrow('`backend` is "webgl"');
});

test('registers the gradients of tfjs-core', () => {
  // d/dx x³ = 3x²: at 2 it is 12
  expect(tf.grad((x) => tf.pow(x, 3))(tf.scalar(2))).toBeAllClose(12, { relative: 1e-6 });
  // d/dx Σ softmax(x)₀ = p₀(δ − p): with equal logits p = ½ → ¼, −¼
  const gradient = tf.grad((x) => tf.slice(tf.softmax(x), 0, 1))(tf.tensor1d([1, 1]));
  expect(gradient).toBeAllClose([0.25, -0.25]);
});

test('sums segments: rows by id, ids outside dropped', () => {
  const rows = tf.tensor2d([[1, 2], [3, 4], [5, 6], [7, 8]]); // biome-ignore format: a matrix
  const sums = tf.unsortedSegmentSum(rows, tf.tensor1d([2, 0, 2, -1], 'int32'), 4);
  expect(sums).toBeAllClose([[3, 4], [0, 0], [6, 8], [0, 0]]); // biome-ignore format: a matrix
});

test('an embedding learns: the gradient of gather counts each use', () => {
  const ids = tf.tensor2d([[0, 2], [2, 1]], [2, 2], 'int32'); // biome-ignore format: a matrix
  const gradient = tf.grad((table) => tf.sum(tf.gather(table, ids)))(tf.zeros([4, 3]));
  expect(gradient).toBeAllClose([[1, 1, 1], [1, 1, 1], [2, 2, 2], [0, 0, 0]]); // biome-ignore format: a matrix
});
