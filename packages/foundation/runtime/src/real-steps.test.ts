import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { realSteps, zeroPast } from './real-steps.ts';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

test('a step is real before the length of its sequence, given as numbers or as a tensor', () => {
  for (const lengths of [[2, 0, 3], Int32Array.of(2, 0, 3), tf.tensor1d([2, 0, 3], 'int32')]) {
    const isReal = realSteps(lengths, 3);
    expect([isReal.dtype, isReal.shape]).toEqual(['bool', [3, 3]]);
    expect([...isReal.dataSync()]).toEqual([1, 1, 0, 0, 0, 0, 1, 1, 1]);
  }
});

test.each([[[2, 3]], [[2, 3, 2]], [[2, 3, 2, 2]]])(
  'a NaN in the padding of %j reaches neither a number nor a gradient',
  (shape) => {
    const size = tf.util.sizeFromShape(shape);
    const each = size / 6;
    const isPast = (i: number) => Math.floor(i / each) % 3 >= [1, 3][Math.floor(i / (3 * each))]!;
    const inputs = tf.tensor(
      Array.from({ length: size }, (_, i) => (isPast(i) ? Number.NaN : i)),
      shape,
    );
    const zeroed = (x: tf.Tensor) => zeroPast(x, realSteps([1, 3], 3));
    expect(zeroed(inputs)).toBeAllClose(Array.from({ length: size }, (_, i) => (isPast(i) ? 0 : i)));
    const gradient = tf.grad((x) => tf.sum(tf.square(zeroed(x))))(inputs);
    expect(gradient).toBeAllClose(Array.from({ length: size }, (_, i) => (isPast(i) ? 0 : 2 * i)));
  },
);
