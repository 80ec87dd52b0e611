import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

const slices = fc
  .array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 5 })
  .chain((shape) =>
    fc.tuple(
      fc.constant(shape),
      fc.constantFrom<'float32' | 'int32' | 'bool'>('float32', 'int32', 'bool'),
      fc.tuple(...shape.map((length) => fc.integer({ min: 0, max: length }))),
      fc.tuple(...shape.map(() => fc.double({ min: 0, max: 1, noNaN: true }))),
    ),
  );

test('any box of any tensor, of any type: the numbers at its places', () => {
  withGuardedHeap(() => {
    fc.assert(
      fc.property(slices, ([shape, dtype, begin, parts]) => {
        const size = shape.map((length, axis) => Math.floor(parts[axis]! * (length - begin[axis]!)));
        const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
        const count = shape.reduce((a, b) => a * b, 1);
        const values = Array.from({ length: count }, (_, i) => (dtype === 'bool' ? ((i * 7) % 3) & 1 : i));
        const places = size.reduce<number[]>(
          (bases, length, axis) =>
            bases.flatMap((base) =>
              Array.from({ length }, (_, i) => base + (begin[axis]! + i) * strides[axis]!),
            ),
          [0],
        );
        tf.tidy(() => {
          const slice = tf.slice(tf.tensor(values, shape, dtype), begin, size);
          expect(slice.shape).toEqual(size);
          expect(slice.dtype).toBe(dtype);
          expect([...slice.dataSync()]).toEqual(places.map((place) => values[place]));
        });
      }),
      { numRuns: 300, seed: 2 },
    );
  });
});

test('reaches to the end where no size is given, and refuses what lies outside', () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    expect(tf.slice(x, 1).arraySync()).toEqual([[4, 5, 6]]);
    expect(tf.slice(x, [0, 1], [-1, 1]).arraySync()).toEqual([[2], [5]]);
    expect(() => tf.slice(x, [1, 0], [2, 3])).toThrow();
    expect(tf.slice(tf.tensor1d(['a', 'b', 'c']), 1, 2).dataSync()).toEqual(['b', 'c']);
  });
});

test('fractions are cut off, as the cpu backend cuts them off', async () => {
  const run = () => tf.tidy(() => [...tf.slice(tf.tensor1d([1, 2, 3]), [0.5], [2]).dataSync()]);
  expect(run()).toEqual([1, 2]);
  await tf.setBackend('cpu');
  expect(run()).toEqual([1, 2]);
  await tf.setBackend('wasm');
  tf.tidy(() => {
    const x = tf.tensor2d([[1, 2, 3], [4, 5, 6]]); // biome-ignore format: a matrix
    const part = tf.slice(x, [0, 1.5], [1.9, 1.5]);
    expect(part.shape).toEqual([1, 1]);
    expect([...part.dataSync()]).toEqual([2]);
  });
});

test('what begins before the tensor or behind it is refused', () => {
  tf.tidy(() => {
    const x = tf.tensor1d([1, 2, 3]);
    expect(() => tf.slice(x, [-2], [2])).toThrow('`begin` is [-2] and `size` [2]');
    expect(() => tf.slice(x, [5], [-1])).toThrow(RangeError);
    expect(tf.slice(x, [3], [-1]).shape).toEqual([0]);
  });
});
