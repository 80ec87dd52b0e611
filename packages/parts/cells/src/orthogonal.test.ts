import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { orthogonal } from './orthogonal.ts';

beforeAll(() => startRuntime());

test.each([
  [1, 1],
  [5, 5],
  [40, 70],
  [70, 40],
  [130, 130],
])('[%i, %i]: the fewer of rows and columns are orthonormal', (rows, columns) => {
  const kernel = orthogonal(createRng(1), [rows, columns]);
  const products = tf.matMul(kernel, kernel, rows > columns, rows <= columns);
  expect(products).toBeAllClose(tf.eye(Math.min(rows, columns)), { absolute: 2e-6 });
});

test('a gain scales, a seed repeats', () => {
  const kernel = orthogonal(createRng(1), [6, 6], { gain: 3 });
  expect(kernel).toBeAllClose(tf.mul(orthogonal(createRng(1), [6, 6]), 3), { absolute: 0 });
  expect(kernel).not.toBeAllClose(orthogonal(createRng(2), [6, 6], { gain: 3 }));
});

test('no direction is preferred', () => {
  // Any number of an orthogonal n × n matrix has mean 0 and variance 1 / n; 200 matrices, n = 4: for the first number
  // a standard error of 0.5 / √200 = 0.035 for the mean, and of the variance some 0.02.
  const rng = createRng(3);
  const firsts = Array.from({ length: 200 }, () => orthogonal(rng, [4, 4]).dataSync()[0]!);
  const mean = firsts.reduce((sum, x) => sum + x, 0) / 200;
  expect(Math.abs(mean)).toBeLessThan(0.12);
  expect(firsts.reduce((sum, x) => sum + x * x, 0) / 200).toBeCloseTo(0.25, 1);
});

test('refuses sizes that are none, and leaves no tensor behind', async () => {
  expect(() => orthogonal(createRng(1), [0, 3])).toThrow('orthogonal: `rows` is 0');
  expect(() => orthogonal(createRng(1), [3, 1.5])).toThrow('orthogonal: `columns` is 1.5');
  await expectNoLeak(() => {
    orthogonal(createRng(1), [40, 40]).dispose();
    return 0;
  });
});
