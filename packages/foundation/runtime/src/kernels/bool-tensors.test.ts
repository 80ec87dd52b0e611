import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';

beforeAll(() => startRuntime());

test('a cast to bool asks whether a number is not zero', () => {
  tf.tidy(() => {
    const floats = tf.cast(tf.tensor1d([0.5, -0.2, 2, 256, Number.NaN, 0, -0]), 'bool');
    expect(floats.dtype).toBe('bool');
    expect([...floats.dataSync()]).toEqual([1, 1, 1, 1, 1, 0, 0]);
    const integers = tf.cast(tf.tensor2d([5, -1, 256, 0], [2, 2], 'int32'), 'bool');
    expect(integers.shape).toEqual([2, 2]);
    expect([...integers.dataSync()]).toEqual([1, 1, 1, 0]);
    expect([...tf.cast(tf.tensor1d([1, 0], 'bool'), 'bool').dataSync()]).toEqual([1, 0]);
    expect([...tf.cast(tf.complex([0.5, 0], [1, 1]), 'bool').dataSync()]).toEqual([1, 0]);
    expect(tf.cast(tf.zeros([0, 3]), 'bool').shape).toEqual([0, 3]);
  });
});

test('a sum of booleans by segment is no boolean: as the cpu backend', async () => {
  const run = () =>
    tf.tidy(() => {
      const sums = tf.unsortedSegmentSum(
        tf.tensor1d([1, 1, 1, 0, 1], 'bool'),
        tf.tensor1d([0, 0, 0, 1, 2], 'int32'),
        3,
      );
      return [sums.dtype, ...sums.dataSync()];
    });
  expect(run()).toEqual(['float32', 3, 0, 1]);
  await tf.setBackend('cpu');
  expect(run()).toEqual(['float32', 3, 0, 1]);
  await tf.setBackend('wasm');
});
