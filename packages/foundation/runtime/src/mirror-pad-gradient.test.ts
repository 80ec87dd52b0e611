import { expectGradients } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

type Mode = 'reflect' | 'symmetric';

const gradientOfSum = (shape: number[], paddings: [number, number][], mode: Mode) =>
  tf.tidy(() => [
    ...tf
      .grad((x: tf.Tensor) => tf.sum(tf.mirrorPad(x, paddings, mode)))(tf.zeros(shape))
      .dataSync(),
  ]);

describe('the gradient of a sum: how often each number stands in what is padded', () => {
  test.each<[string, number[], [number, number][], Mode, number[]]>([
    // b a b c b
    ['reflect', [3], [[1, 1]], 'reflect', [1, 3, 1]],
    // c b a b c, and nothing behind
    ['reflect, before alone', [3], [[2, 0]], 'reflect', [1, 2, 2]],
    // a b c b a
    ['reflect, behind alone', [3], [[0, 2]], 'reflect', [2, 2, 1]],
    // a a b c c
    ['symmetric', [3], [[1, 1]], 'symmetric', [2, 1, 2]],
    // c b a a b c c b
    ['symmetric, more', [3], [[3, 2]], 'symmetric', [2, 3, 3]],
    ['no padding', [3], [[0, 0]], 'symmetric', [1, 1, 1]],
    // Rows b a b, columns d e f e d: [1, 2] times [2, 2, 1].
    ['two axes', [2, 3], [[1, 0], [0, 2]], 'reflect', [2, 2, 1, 4, 4, 2]],
    // Rows a a b b, columns d d e f.
    ['two axes, symmetric', [2, 3], [[1, 1], [1, 0]], 'symmetric', [4, 2, 2, 4, 2, 2]],
    // Along the last of five axes b a b c.
    ['five axes', [1, 1, 1, 1, 3], [[0, 0], [0, 0], [0, 0], [0, 0], [1, 0]], 'reflect', [1, 2, 1]],
  ])('%s', (_name, shape, paddings, mode, expected) => {
    expect(gradientOfSum(shape, paddings, mode)).toEqual(expected);
  }); // biome-ignore format: a table
});

describe.each<Mode>(['reflect', 'symmetric'])('finite differences, %s', (mode) => {
  test.each<[string, number[], [number, number][]]>([
    ['one axis', [5], [[2, 3]]],
    ['two axes', [3, 4], [[1, 2], [3, 0]]],
    ['three axes', [2, 3, 2], [[1, 1], [2, 1], [0, 1]]],
  ])('%s', (_name, shape, paddings) => {
    tf.tidy(() => {
      const padded = shape.map((length, axis) => length + paddings[axis]![0] + paddings[axis]![1]);
      const weights = tf.sin(tf.reshape(tf.range(0, tf.util.sizeFromShape(padded)), padded));
      const x = tf.cos(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape));
      const f = (tree: { x: tf.Tensor }) => tf.mul(weights, tf.square(tf.mirrorPad(tree.x, paddings, mode)));
      expectGradients(f, { x });
    });
  }); // biome-ignore format: a table
});

test('its own gradient: a padding again', () => {
  // The padding is linear: along v the gradient of Σ pad(x)² is 2 Padᵀ Pad v, for v of ones twice the counts b a b c b.
  const squares = (x: tf.Tensor) => tf.sum(tf.square(tf.mirrorPad(x, [[1, 1]], 'reflect')));
  const twice = tf.grad((x: tf.Tensor) => tf.sum(tf.grad(squares)(x)))(tf.tensor1d([1, 2, 3]));
  expect([...twice.dataSync()]).toEqual([2, 6, 2]);
});
