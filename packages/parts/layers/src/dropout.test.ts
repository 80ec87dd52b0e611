import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { dropout, lockedDropout } from './dropout.ts';

beforeAll(() => startRuntime());

test('keeps the mean and scales what it keeps', () => {
  const dropped = dropout(tf.fill([100, 100], 3), 0.5, createRng(1));
  expect(new Set(dropped.dataSync())).toEqual(new Set([0, 6]));
  // the share of zeros has a standard error of 0.005
  expect(tf.mean(dropped)).toBeAllClose(3, { absolute: 0.12 });
});

test('the same generator drops the same numbers', () => {
  const x = tf.ones([20]);
  expect(dropout(x, 0.5, createRng(9))).toBeAllClose(dropout(x, 0.5, createRng(9)), { absolute: 0 });
});

test('the gradient passes through what was kept', () => {
  // d/dx Σ mask · x = mask
  const mask = dropout(tf.ones([20]), 0.3, createRng(4));
  expect(tf.grad((x) => dropout(x, 0.3, createRng(4)))(tf.zeros([20]))).toBeAllClose(mask, { absolute: 0 });
});

test('locked: the same features at every step, others in every sequence', () => {
  const dropped = lockedDropout(tf.ones([2, 3, 50]), 0.5, createRng(1));
  const [first, second] = tf.unstack(dropped) as [tf.Tensor2D, tf.Tensor2D];
  for (const step of tf.unstack(first)) expect(step).toBeAllClose(tf.unstack(first)[0]!, { absolute: 0 });
  expect(first).not.toBeAllClose(second);
  expect(new Set(dropped.dataSync())).toEqual(new Set([0, 2]));
  expect(() => lockedDropout(tf.ones([2, 3]) as never, 0.5, createRng(1))).toThrow('[batch, time, features]');
});

test('errors name what was called', () => {
  const x = tf.ones<tf.Rank.R3>([1, 2, 3]);
  for (const [name, drop] of Object.entries({ dropout, lockedDropout })) {
    expect(() => drop(x, 1.5, createRng(1))).toThrow(`${name}: \`rate\` is 1.5`);
    expect(() => drop(x, 0.5, Math.random as never)).toThrow(`${name}: \`rng\` is a function`);
  }
});
