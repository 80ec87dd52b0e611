import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { conv1d, initConv1d } from './conv1d.ts';
import { conv2d, initConv2d } from './conv2d.ts';
import { convolvedLengths } from './convolution-plan.ts';
import { averagePool1d, maxOverTime, maxPool1d, maxPool2d, meanOverTime } from './pooling.ts';

beforeAll(() => startRuntime());

/** One feature that sums its window. */
const sums = (size: number) => ({
  kernel: tf.ones<tf.Rank.R3>([size, 1, 1]),
  bias: tf.zeros<tf.Rank.R1>([1]),
});
const steps = (values: number[]) => tf.tensor3d(values, [1, values.length, 1]);
const flat = (tensor: tf.Tensor) => [...tensor.dataSync()];

test('windows sum what they see', () => {
  const inputs = steps([1, 2, 4, 8, 16]);
  expect(flat(conv1d(sums(3), inputs))).toEqual([3, 7, 14, 28, 24]);
  expect(flat(conv1d(sums(3), inputs, { padding: 'causal' }))).toEqual([1, 3, 7, 14, 28]);
  expect(flat(conv1d(sums(3), inputs, { padding: 'valid' }))).toEqual([7, 14, 28]);
  expect(flat(conv1d(sums(2), inputs, { stride: 2 }))).toEqual([3, 12, 16]);
  expect(flat(conv1d(sums(2), inputs, { dilation: 3, padding: 'valid' }))).toEqual([9, 18]);
});

test('steps past a length are nothing, whatever they hold', () => {
  const inputs = steps([1, 2, Number.NaN, Number.NaN]);
  expect(flat(conv1d(sums(3), inputs, { lengths: [2] }))).toEqual([3, 3, 0, 0]);
  expect(flat(conv1d(sums(3), inputs, { lengths: [2], padding: 'valid' }))).toEqual([0, 0]);
});

test('lengths after a convolution', () => {
  expect(convolvedLengths([5, 4, 1, 0], { kernelSize: 3 })).toEqual([5, 4, 1, 0]);
  expect(convolvedLengths([5, 4, 1, 0], { kernelSize: 3, stride: 2 })).toEqual([3, 2, 1, 0]);
  // windows of 3 with a gap of 2 span 5 steps
  expect(convolvedLengths([7, 5, 4], { kernelSize: 3, dilation: 2, padding: 'valid' })).toEqual([3, 1, 0]);
});

test('pooling takes whole windows of real steps', () => {
  const inputs = steps([1, 5, 2, 8, 3]);
  expect(flat(maxPool1d(inputs, { size: 2 }))).toEqual([5, 8]);
  expect(flat(averagePool1d(inputs, { size: 2, lengths: [3] }))).toEqual([3, 0]);
  expect(flat(maxPool2d(tf.reshape(tf.range(0, 16), [1, 4, 4, 1]), { size: [2, 2] }))).toEqual([
    5, 7, 13, 15,
  ]);
});

test('over time: the largest and the mean of real steps', () => {
  const inputs = tf.tensor3d([-1, -5, 9, 7, 7, 7], [2, 3, 1]);
  expect(flat(maxOverTime(inputs, { lengths: [2, 0] }))).toEqual([-1, 0]);
  const lowest = tf.fill<tf.Rank.R3>([1, 3, 1], Number.NEGATIVE_INFINITY);
  expect(flat(maxOverTime(lowest, { lengths: [2] }))).toEqual([Number.NEGATIVE_INFINITY]);
  expect(flat(meanOverTime(inputs, { lengths: [2, 0] }))).toEqual([-3, 0]);
  expect(flat(meanOverTime(inputs))).toEqual([1, 7]);
});

test('over time: of several largest steps the first alone takes the gradient, as in PyTorch', () => {
  const slope = (inputs: tf.Tensor3D, lengths?: number[]) =>
    flat(tf.grad((x) => tf.sum(maxOverTime(x as tf.Tensor3D, lengths && { lengths })))(inputs));
  expect(slope(steps([1, 1, 0]))).toEqual([1, 0, 0]);
  expect(slope(steps([0, 2, 2, 5]), [3])).toEqual([0, 1, 0, 0]);
  expect(slope(steps([3, 3]), [0])).toEqual([0, 0]);
  // features [1, 4], [1, 2], [0, 4]: the first of the ones, the first of the fours
  expect(slope(tf.tensor3d([1, 4, 1, 2, 0, 4], [1, 3, 2]))).toEqual([1, 1, 0, 0, 0, 0]);
});

test('over time: the second derivative is that of the largest step', () => {
  // f = max³, so that the square of its slope has the slope d/dx 9 x⁴ = 36 x³ at the largest x, and 0 elsewhere
  const cube = (x: tf.Tensor) => tf.sum(tf.pow(maxOverTime(x as tf.Tensor3D), 3));
  const second = tf.grad((x: tf.Tensor) => tf.sum(tf.square(tf.grad(cube)(x))));
  expect(flat(second(steps([1, 2, 2])))).toEqual([0, 288, 0]);
});

test('refuses what does not fit', () => {
  const params = initConv1d({ inputSize: 2, outputSize: 1, kernelSize: 3 }, createRng(1));
  expect(() => conv1d(params, tf.zeros([1, 4, 3]))).toThrow(
    '`inputs` has shape [1, 4, 3], expected [batch, time, 2]',
  );
  expect(() => conv1d(params, tf.zeros([1, 2, 2]), { padding: 'valid' })).toThrow(
    '2 steps are fewer than the window',
  );
  expect(() => conv1d(params, tf.zeros([1, 4, 2]), { lengths: [5] })).toThrow('`lengths[0]` is 5');
  expect(() => conv1d(params, tf.zeros([1, 4, 2]), { stride: 0 })).toThrow('`stride` is 0');
  expect(() => conv1d(params, tf.zeros([1, 4, 2]), { padding: 'full' as 'same' })).toThrow(
    '`padding` is "full"',
  );
  const image = initConv2d({ inputSize: 1, outputSize: 1, kernelSize: [3, 3] }, createRng(1));
  expect(() => conv2d(image, tf.zeros([1, 2, 5, 1]), { padding: 'valid' })).toThrow('2 by 5 are smaller');
  expect(() => maxPool1d(tf.zeros([1, 2, 1]), { size: 3 })).toThrow('smaller than the window of 3 by 1');
  expect(() => maxPool1d(tf.zeros([1, 2, 1]), { size: 1.5 })).toThrow('`size` is 1.5');
});

test('a batch of no sequences, or of no features, has as many maxima', () => {
  expect(maxOverTime(tf.zeros([0, 5, 3])).shape).toEqual([0, 3]);
  expect(maxOverTime(tf.zeros([0, 5, 3]), { lengths: [] }).shape).toEqual([0, 3]);
  expect(maxOverTime(tf.zeros([2, 5, 0])).shape).toEqual([2, 0]);
  expect(flat(maxOverTime(tf.zeros([1, 0, 2])))).toEqual([0, 0]);
});
