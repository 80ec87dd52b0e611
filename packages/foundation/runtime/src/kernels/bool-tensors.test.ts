import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { withGuardedHeap } from './kernels.test-kit.ts';

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

const bool = (values: number[]) => tf.tensor1d(values, 'bool');
const int32 = (values: number[]) => tf.tensor1d(values, 'int32');
/** Of rows of three: places 0, 2, one behind the row and one before it. */
const places = () => int32([0, 2, 3, -1]);
const oneHots = (on: number, off: number) =>
  [[on, off, off], [off, off, on], [off, off, off], [off, off, off]].flat(); // biome-ignore format: rows

describe('kernels that tfjs has for numbers of four bytes', () => {
  test.each<[string, () => tf.Tensor, tf.DataType, number[]]>([
    ['reverse', () => tf.reverse(bool([1, 0, 0, 1, 1]), 0), 'bool', [1, 1, 0, 0, 1]],
    ['reverse of rows', () => tf.reverse(tf.reshape(bool([1, 0, 0, 1, 1, 0]), [2, 3]), 1), 'bool', [0, 0, 1, 0, 1, 1]],
    ['reverse of a scalar', () => tf.reverse(tf.scalar(true, 'bool')), 'bool', [1]],
    ['where', () => tf.where(bool([1, 0, 1, 0, 1]), bool([1, 1, 0, 0, 1]), bool([0, 1, 1, 1, 0])), 'bool', [1, 1, 0, 1, 1]],
    ['where, one for all', () => tf.where(bool([1, 0, 1]), tf.scalar(true, 'bool'), tf.scalar(false, 'bool')), 'bool', [1, 0, 1]],
    ['where of float32 and int32', () => tf.where(bool([1, 0, 1]), tf.tensor1d([0.5, 1.5, 2.5]), int32([7, 8, 9])), 'float32', [0.5, 8, 2.5]],
    ['where of bool and int32', () => tf.where(bool([1, 0, 1]), bool([1, 1, 0]), int32([7, 8, 9])), 'int32', [1, 8, 0]],
    ['where of int32 and float32', () => tf.where(bool([0, 1]), int32([7, 8]), tf.tensor1d([0.5, 1.5])), 'float32', [0.5, 8]],
    ['where of float32', () => tf.where(bool([0, 1]), tf.tensor1d([2, 3]), tf.tensor1d([0.5, 1.5])), 'float32', [0.5, 3]],
    ['oneHot', () => tf.oneHot(places(), 3, 1, 0, 'bool'), 'bool', oneHots(1, 0)],
    ['oneHot, the other way round', () => tf.oneHot(places(), 3, 0, 5, 'bool'), 'bool', oneHots(0, 1)],
    ['oneHot of float32', () => tf.oneHot(places(), 3, 0.9, 0.05, 'float32'), 'float32', oneHots(Math.fround(0.9), Math.fround(0.05))],
    ['oneHot of int32', () => tf.oneHot(places(), 3, 5, 2), 'int32', oneHots(5, 2)],
    ['oneHot of nothing', () => tf.oneHot(int32([]), 3, 1, 0, 'bool'), 'bool', []],
  ])('%s', (_name, run, dtype, values) => {
    withGuardedHeap(() =>
      tf.tidy(() => {
        const y = run();
        expect([y.dtype, [...y.dataSync()]]).toEqual([dtype, values]);
      }),
    );
  }); // biome-ignore format: a table
});
