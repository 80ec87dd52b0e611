import '@ostinato/test-kit';
import { startRuntime } from '@ostinato/runtime';
import { expectGradients } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { maskedSoftmax } from './masked-softmax.ts';

beforeAll(() => startRuntime());

/** A number made of the first derivative: its own gradient takes the second one. */
const slopeSquared = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => tf.sum(tf.square(tf.grad(f)(x)));

const weighed = (mask?: tf.Tensor) => (x: tf.Tensor) =>
  tf.sum(tf.mul(tf.square(maskedSoftmax(x, mask)), tf.range(1, x.size + 1)));

test('a gradient of a gradient is that of PyTorch', () => {
  const second = tf.grad(slopeSquared(weighed()))(tf.tensor1d([0.1, 0.5, -0.3]));
  expect(second).toBeAllClose([-0.129, 0.257, -0.127], { absolute: 6e-4 });
});

test('derivatives of order two and three agree with finite differences', () => {
  const x = tf.tensor1d([0.1, 0.5, -0.3, 0.2]);
  // A mask that is made on the way is gone when the gradient is asked for.
  const masked = (y: tf.Tensor) => tf.tidy(() => weighed(tf.tensor1d([1, 1, 0, 1], 'bool'))(y));
  for (const f of [weighed(), masked]) {
    expectGradients(({ x }) => slopeSquared(f)(x), { x });
    expectGradients(({ x }) => slopeSquared(slopeSquared(f))(x), { x });
  }
});

test('of two scores it is a sigmoid, to the third derivative', () => {
  // σ′ = σ (1 − σ), σ″ = σ′ (1 − 2σ), σ‴ = σ′ (1 − 6σ + 6σ²)
  const one = (v: tf.Tensor) => tf.slice(maskedSoftmax(tf.mul(tf.tensor1d([1, 0]), v)), 0, 1);
  const s = 1 / (1 + Math.exp(-0.7));
  const at = tf.scalar(0.7);
  expect(tf.grad(tf.grad(one))(at)).toBeAllClose(s * (1 - s) * (1 - 2 * s), { absolute: 1e-6 });
  expect(tf.grad(tf.grad(tf.grad(one)))(at)).toBeAllClose(s * (1 - s) * (1 - 6 * s + 6 * s * s), {
    absolute: 1e-6,
  });
});
