import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

const numbers = [1, -2, 3, -4, 5, 2147483647];
const int32 = () => tf.tensor1d(numbers, 'int32');
const bool = () => tf.tensor1d([1, 0, 1, 1, 0, 0], 'bool');
const rows = (x: tf.Tensor) => tf.reshape(x, [2, 3]);

test.each<[string, () => tf.Tensor, tf.DataType, number[], number[]]>([
  ['int32', () => tf.stridedSlice(int32(), [0], [6], [2]), 'int32', [3], [1, 3, 5]],
  ['int32, backwards', () => tf.stridedSlice(int32(), [5], [0], [-2]), 'int32', [3], [2147483647, -4, -2]],
  ['int32 of two axes', () => tf.stridedSlice(rows(int32()), [0, 0], [2, 3], [1, 2]), 'int32', [2, 2], [1, 3, -4, 2147483647]],
  ['int32, one row', () => tf.stridedSlice(rows(int32()), [1, 0], [2, 3], [1, 2], 0, 0, 0, 0, 1), 'int32', [2], [-4, 2147483647]],
  ['int32, one after the other', () => tf.stridedSlice(int32(), [1], [3], [1]), 'int32', [2], [-2, 3]],
  ['int32, all', () => tf.stridedSlice(int32(), [0], [6], [1]), 'int32', [6], numbers],
  ['bool', () => tf.stridedSlice(bool(), [0], [6], [2]), 'bool', [3], [1, 1, 0]],
  ['bool, backwards', () => tf.stridedSlice(bool(), [5], [0], [-1]), 'bool', [5], [0, 0, 1, 1, 0]],
  ['bool of two axes', () => tf.stridedSlice(rows(bool()), [0, 0], [2, 3], [1, 2]), 'bool', [2, 2], [1, 1, 1, 0]],
  ['bool, nothing', () => tf.stridedSlice(bool(), [4], [2], [2]), 'bool', [0], []],
  ['float32, one row', () => tf.stridedSlice(rows(tf.tensor1d([1, 2, 3, 4, 5, 6])), [1, 0], [2, 3], [1, 2], 0, 0, 0, 0, 1), 'float32', [2], [4, 6]],
  ['float32, one column of a new axis', () => tf.stridedSlice(rows(tf.tensor1d([1, 2, 3, 4, 5, 6])), [0, 1, 2], [0, -2, 3], [1, -1, 1], 0, 0, 0, 1, 4), 'float32', [1, 1], [6]],
  ['float32', () => tf.stridedSlice(tf.tensor1d([0.5, 1.5, 2.5]), [0], [3], [2]), 'float32', [2], [0.5, 2.5]],
])('%s', (_name, run, dtype, shape, values) => {
  withGuardedHeap(() =>
    tf.tidy(() => {
      const y = run();
      expect([y.dtype, y.shape, [...y.dataSync()]]).toEqual([dtype, shape, values]);
    }),
  );
}); // biome-ignore format: a table
