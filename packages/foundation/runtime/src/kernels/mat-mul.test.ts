import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { expectClose, generator, noise, withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

const activations = {
  linear: (x: number) => x,
  relu: (x: number) => Math.max(x, 0),
  relu6: (x: number) => Math.min(Math.max(x, 0), 6),
  elu: (x: number) => (x > 0 ? x : Math.expm1(x)),
  sigmoid: (x: number) => 1 / (1 + Math.exp(-x)),
  leakyrelu: (x: number) => (x > 0 ? x : 0.3 * x),
  prelu: (x: number) => (x > 0 ? x : 0.7 * x),
};
type Activation = keyof typeof activations;

test.each(Object.keys(activations) as Activation[])(
  'a fused product with a bias for each column, then %s',
  (activation) => {
    const [batch, rows, depth, columns] = [2, 3, 5, 4];
    const next = generator(9);
    const [left, right, bias] = [
      noise(batch * rows * depth, next),
      noise(batch * depth * columns, next),
      noise(columns, next),
    ];
    const expected = Array.from({ length: batch * rows * columns }, (_, at) => {
      const [block, row, column] = [
        Math.floor(at / (rows * columns)),
        Math.floor(at / columns) % rows,
        at % columns,
      ];
      let sum = bias[column]!;
      for (let k = 0; k < depth; k++) {
        sum += left[(block * rows + row) * depth + k]! * right[(block * depth + k) * columns + column]!;
      }
      return activations[activation](sum);
    });
    const a = tf.tensor3d(left, [batch, rows, depth]);
    const b = tf.tensor3d(right, [batch, depth, columns]);
    const rest = {
      bias: tf.tensor1d(bias),
      activation: activation as 'relu',
      leakyreluAlpha: 0.3,
      ...(activation === 'prelu' && { preluActivationWeights: tf.scalar(0.7) }),
    };
    const turned = (x: tf.Tensor3D) => tf.transpose(x, [0, 2, 1]);
    const roads = [
      () => tf.fused.matMul({ a, b, ...rest }),
      () => tf.fused.matMul({ a: turned(a), b: turned(b), transposeA: true, transposeB: true, ...rest }),
    ];
    for (const road of roads) {
      withGuardedHeap(() => tf.tidy(() => expectClose(road().dataSync(), expected, 2e-6)));
    }
  },
);

test('a fused product of nothing is its bias, whatever comes behind', () => {
  const product = tf.fused.matMul({
    a: tf.zeros<tf.Rank.R2>([2, 0]),
    b: tf.zeros<tf.Rank.R2>([0, 2]),
    bias: tf.tensor1d([7, -1]),
    activation: 'relu6',
  });
  expect([...product.dataSync()]).toEqual([6, 0, 6, 0]);
});
