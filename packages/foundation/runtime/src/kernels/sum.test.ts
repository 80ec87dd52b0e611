import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { generator, noise, withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

const sums = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 })
  .chain((shape) => fc.tuple(fc.constant(shape), fc.subarray([...shape.keys()]), fc.boolean()));

/** Each sum in float64, at the coordinates that are left. */
function expectSums(shape: number[], axes: number[], keepDims: boolean): void {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = noise(size, generator(size + axes.length));
  const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const expected = new Float64Array(kept.reduce((a, b) => a * b, 1));
  values.forEach((value, i) => {
    let [rest, place, stride] = [i, 0, 1];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      if (!axes.includes(axis)) place += (rest % shape[axis]!) * stride;
      rest = Math.floor(rest / shape[axis]!);
      stride *= kept[axis]!;
    }
    expected[place]! += value;
  });
  tf.tidy(() => {
    const sum = tf.sum(tf.tensor(values, shape), axes, keepDims);
    expect(sum.shape).toEqual(keepDims ? kept : shape.filter((_, axis) => !axes.includes(axis)));
    const actual = sum.dataSync();
    expected.forEach((value, i) => {
      expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-6 * Math.max(1, Math.sqrt(size)));
    });
  });
}

test('over any axes of any tensor: the sum of the numbers there', () => {
  withGuardedHeap(() => {
    fc.assert(
      fc.property(sums, ([shape, axes, keepDims]) => expectSums(shape, axes, keepDims)),
      { numRuns: 300, seed: 4 },
    );
  });
});

test('over rows that are longer than a block, and over all', () => {
  withGuardedHeap(() => {
    for (const length of [15, 16, 17, 1023, 1024, 1025, 5000, 9000]) {
      expectSums([3, length], [1], false);
      expectSums([3, length], [0, 1], true);
      expectSums([length, 3], [0], false);
      expectSums([length, 3, 2], [0], true);
    }
  });
});

test('a million tenths are not far from a hundred thousand', () => {
  // Added one after the other in float32 they give 100958.34.
  const sum = tf.tidy(() => tf.sum(tf.fill([1_000_000], 0.1)).dataSync()[0]!);
  expect(Math.abs(sum - 100_000)).toBeLessThan(0.1);
});

test('the mean of a million tenths is a tenth, and so is each of two columns of them', () => {
  tf.tidy(() => {
    expect(tf.mean(tf.fill([1_000_000], 0.1)).dataSync()[0]).toBeCloseTo(0.1, 6);
    // Added up row after row they drift to 0.09976.
    const columns = tf.mean(tf.fill([1_000_000, 2], 0.1), 0).dataSync();
    for (const mean of columns) expect(mean).toBeCloseTo(0.1, 5);
  });
});

test('means divide the sums, over any axes', () => {
  tf.tidy(() => {
    const x = tf.reshape(tf.range(0, 24), [2, 3, 4]);
    expect([...tf.mean(x).dataSync()]).toEqual([11.5]);
    expect([...tf.mean(x, [0, 1]).dataSync()]).toEqual([10, 11, 12, 13]);
    expect([...tf.mean(x, [2, 0]).dataSync()]).toEqual([7.5, 11.5, 15.5]);
    expect(tf.mean(x, -1, true).shape).toEqual([2, 3, 1]);
    expect([...tf.mean(tf.cast(x, 'int32'), 2).dataSync()]).toEqual([1.5, 5.5, 9.5, 13.5, 17.5, 21.5]);
  });
});

const ofNothing: [string, () => tf.Tensor, string, number[], number[]][] = [
  ['int32', () => tf.sum(tf.zeros([2, 0, 3], 'int32'), 1), 'int32', [2, 3], [0, 0, 0, 0, 0, 0]],
  ['bool', () => tf.sum(tf.zeros([2, 0], 'bool'), 1), 'int32', [2], [0, 0]],
  ['bool, everything', () => tf.sum(tf.zeros([0], 'bool')), 'int32', [], [0]],
  ['int32, kept', () => tf.sum(tf.zeros([0, 2, 0], 'int32'), [0, 2], true), 'int32', [1, 2, 1], [0, 0]],
  ['mean', () => tf.mean(tf.zeros([2, 0, 3]), 1), 'float32', [2, 3], [0, 0, 0, 0, 0, 0]],
  ['mean of int32, kept', () => tf.mean(tf.zeros([0, 2], 'int32'), 0, true), 'float32', [1, 2], [0, 0]],
  ['mean over an axis of 3', () => tf.mean(tf.zeros([0, 1, 3, 0, 4]), 3), 'float32', [0, 1, 3, 4], []],
];

test.each(ofNothing)('of nothing, %s: as the cpu backend', async (_name, run, dtype, shape, values) => {
  const result = () =>
    tf.tidy(() => {
      const sum = run();
      return [sum.dtype, sum.shape, [...sum.dataSync()]];
    });
  withGuardedHeap(() => expect(result()).toEqual([dtype, shape, values]));
  await tf.setBackend('cpu');
  expect(result()).toEqual([dtype, shape, values]);
  await tf.setBackend('wasm');
});
