import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

type Row = [name: string, run: () => tf.Tensor, dtype: tf.DataType, shape: number[], values: number[]];

function check(_name: string, run: () => tf.Tensor, dtype: tf.DataType, shape: number[], values: number[]) {
  withGuardedHeap(() =>
    tf.tidy(() => {
      const y = run();
      expect([y.dtype, y.shape, [...y.dataSync()]]).toEqual([dtype, shape, values]);
    }),
  );
}

describe('a reduction of nothing is what changes nothing', () => {
  const inf = Number.POSITIVE_INFINITY;
  const bools = (shape: number[]) => tf.zeros(shape, 'bool');
  test.each<Row>([
    ['any', () => tf.any(bools([3, 0]), 1), 'bool', [3], [0, 0, 0]],
    ['any of everything', () => tf.any(bools([0])), 'bool', [], [0]],
    ['all', () => tf.all(bools([3, 0]), 1), 'bool', [3], [1, 1, 1]],
    ['all over the first axis', () => tf.all(bools([0, 2, 3]), 0), 'bool', [2, 3], [1, 1, 1, 1, 1, 1]],
    ['all, kept', () => tf.all(bools([2, 0, 1]), [1, 2], true), 'bool', [2, 1, 1], [1, 1]],
    ['all, nothing left', () => tf.all(bools([0, 3]), 1), 'bool', [0], []],
    ['prod', () => tf.prod(tf.zeros([2, 0]), 1), 'float32', [2], [1, 1]],
    ['prod of the middle axis', () => tf.prod(tf.zeros([2, 0, 3]), 1), 'float32', [2, 3], [1, 1, 1, 1, 1, 1]],
    ['prod of int32, kept', () => tf.prod(tf.zeros([0, 2], 'int32'), 0, true), 'int32', [1, 2], [1, 1]],
    ['prod of bool', () => tf.prod(tf.zeros([0], 'bool')), 'int32', [], [1]],
    ['max', () => tf.max(tf.zeros([2, 0]), 1), 'float32', [2], [-inf, -inf]],
    ['max over the first axis, kept', () => tf.max(tf.zeros([0, 2]), 0, true), 'float32', [1, 2], [-inf, -inf]],
    ['max of int32', () => tf.max(tf.zeros([0], 'int32')), 'int32', [], [-(2 ** 31)]],
    ['max, nothing left', () => tf.max(tf.zeros([0, 3, 4]), 1), 'float32', [0, 4], []],
    ['min', () => tf.min(tf.zeros([2, 0, 1]), 1), 'float32', [2, 1], [inf, inf]],
    ['min of int32', () => tf.min(tf.zeros([0], 'int32')), 'int32', [], [2 ** 31 - 1]],
    ['argMax over the first axis', () => tf.argMax(tf.zeros([0, 2]), 0), 'int32', [2], [0, 0]],
    ['argMin, nothing left', () => tf.argMin(tf.zeros([0, 3, 4]), 1), 'int32', [0, 4], []],
    // log Σ eˣ, where the sum is 0.
    ['logSumExp', () => tf.logSumExp(tf.zeros([0, 2]), 0), 'float32', [2], [-inf, -inf]],
    ['cumsum', () => tf.cumsum(tf.zeros([0, 3, 4]), 1), 'float32', [0, 3, 4], []],
    ['cumprod of int32', () => tf.cumprod(tf.zeros([3, 0, 4], 'int32'), 0), 'int32', [3, 0, 4], []],
    // And of something, as before: 2 · 3 and 4 · 5.
    ['prod of numbers', () => tf.prod(tf.tensor2d([[2, 3], [4, 5]]), 1), 'float32', [2], [6, 20]],
    ['max of numbers', () => tf.max(tf.tensor2d([[2, 3], [4, 5]]), 0), 'float32', [2], [4, 5]],
  ])('%s', check); // biome-ignore format: a table
});

describe('tensors without numbers are turned, multiplied and pooled to tensors without numbers', () => {
  const picture = (shape: [number, number, number, number]) => tf.zeros<tf.Rank.R4>(shape);
  test.each<Row>([
    ['transpose', () => tf.transpose(tf.zeros([0, 2, 3, 3]), [0, 3, 1, 2]), 'float32', [0, 3, 2, 3], []],
    ['transpose of int32', () => tf.transpose(tf.zeros([3, 0, 2], 'int32'), [2, 0, 1]), 'int32', [2, 3, 0], []],
    ['transpose of bool', () => tf.transpose(tf.zeros([3, 0, 2, 4, 5], 'bool')), 'bool', [5, 4, 2, 0, 3], []],
    ['transpose of complex64', () => tf.real(tf.transpose(tf.complex(tf.zeros([0, 2, 3]), tf.zeros([0, 2, 3])), [2, 0, 1])), 'float32', [3, 0, 2], []],
    ['einsum of heads', () => tf.einsum('bqhd,bkhd->bhqk', tf.zeros([0, 2, 3, 4]), tf.zeros([0, 5, 3, 4])), 'float32', [0, 3, 2, 5], []],
    // A sum of nothing is zero.
    ['einsum over nothing', () => tf.einsum('aib,bja->ij', tf.zeros([3, 2, 0]), tf.zeros([0, 2, 3])), 'float32', [2, 2], [0, 0, 0, 0]],
    ['einsum of one', () => tf.einsum('abc->cab', tf.zeros([2, 0, 3])), 'float32', [3, 2, 0], []],
    ['einsum of int32', () => tf.einsum('abc,cd->dab', tf.zeros([2, 0, 3], 'int32'), tf.zeros([3, 4], 'int32')), 'int32', [4, 2, 0], []],
    ['maxPool of no pictures', () => tf.maxPool(picture([0, 4, 4, 2]), 2, 2, 'same'), 'float32', [0, 2, 2, 2], []],
    ['avgPool of no pictures', () => tf.avgPool(picture([0, 4, 4, 2]), 2, 2, 'same'), 'float32', [0, 2, 2, 2], []],
    ['maxPool of no channels', () => tf.maxPool(picture([1, 4, 4, 0]), 2, 2, 0, 'ceil'), 'float32', [1, 2, 2, 0], []],
  ])('%s', check); // biome-ignore format: a table

  test.each<[string, () => tf.Tensor]>([
    ['transpose', () => tf.grad((x: tf.Tensor) => tf.transpose(x, [2, 0, 1]))(tf.zeros([0, 2, 3]))],
    ['einsum', () => tf.grad((x: tf.Tensor) => tf.einsum('abc,cd->dab', x, tf.ones([3, 4])))(tf.zeros([0, 2, 3]))],
    ['maxPool', () => tf.grad((x: tf.Tensor) => tf.maxPool(x as tf.Tensor3D, 1, 1, 'same'))(tf.zeros([0, 2, 3]))],
    ['avgPool', () => tf.grad((x: tf.Tensor) => tf.avgPool(x as tf.Tensor3D, 1, 1, 'same'))(tf.zeros([0, 2, 3]))],
  ])('and the gradient of %s', (name, run) => check(name, run, 'float32', [0, 2, 3], [])); // biome-ignore format: a table
});
