import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

const tilings = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(0, 1, 1, 2, 3, 7)), {
    minLength: 1,
    maxLength: 5,
  })
  .chain((axes) =>
    fc.tuple(
      fc.constant(axes),
      fc.constantFrom<'float32' | 'int32' | 'bool' | 'string'>('float32', 'int32', 'bool', 'string'),
    ),
  );

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** By the definition: number i of the result is the one at i's coordinates modulo the lengths. */
function places(shape: number[], reps: number[]): number[] {
  const all = shape.map((length, axis) => length * reps[axis]!);
  return Array.from({ length: count(all) }, (_, i) => {
    let rest = i;
    let place = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      place += ((rest % all[axis]!) % shape[axis]!) * stride;
      rest = Math.floor(rest / all[axis]!);
      stride *= shape[axis]!;
    }
    return place;
  });
}

function expectTiles(shape: number[], reps: number[], dtype: 'float32' | 'int32' | 'bool' | 'string'): void {
  const numbers = Array.from({ length: count(shape) }, (_, i) => (dtype === 'bool' ? ((i * 7) % 3) & 1 : i));
  const values = dtype === 'string' ? numbers.map(String) : numbers;
  tf.tidy(() => {
    const tiled = tf.tile(tf.tensor(values as number[], shape, dtype), reps);
    expect(tiled.shape).toEqual(shape.map((length, axis) => length * reps[axis]!));
    expect(tiled.dtype).toBe(dtype);
    expect([...(tiled.dataSync() as ArrayLike<unknown> & Iterable<unknown>)]).toEqual(
      places(shape, reps).map((place) => values[place]),
    );
  });
}

test('any tensor of any type, repeated along any axes: the numbers at its places', () => {
  withGuardedHeap(() => {
    fc.assert(
      fc.property(tilings, ([axes, dtype]) => {
        const [shape, reps] = [axes.map(([length]) => length), axes.map(([, times]) => times)];
        expectTiles(shape, reps, dtype);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});

test('long blocks, short blocks and single numbers, many times', () => {
  withGuardedHeap(() => {
    for (const length of [1, 2, 5, 63, 64, 65, 130]) {
      for (const times of [1, 2, 3, 33]) {
        expectTiles([3, length], [1, times], 'float32');
        expectTiles([length], [times], 'int32');
        expectTiles([2, length, 3], [times, 2, 1], 'float32');
      }
    }
  });
});

test('broadcasts rows, columns and single numbers', () => {
  tf.tidy(() => {
    expect(tf.broadcastTo([1, 2, 3], [2, 3]).arraySync()).toEqual([[1, 2, 3], [1, 2, 3]]); // biome-ignore format: a matrix
    expect(tf.broadcastTo([[1], [2]], [2, 3]).arraySync()).toEqual([[1, 1, 1], [2, 2, 2]]); // biome-ignore format: a matrix
    expect(tf.broadcastTo(5, [2, 2]).arraySync()).toEqual([[5, 5], [5, 5]]); // biome-ignore format: a matrix
  });
});

test('refuses to repeat less than no times', () => {
  tf.tidy(() => {
    expect(() => tf.tile(tf.ones([2, 2]), [-1, -1])).toThrow(
      'tile: `reps` is [-1, -1], expected whole numbers, 0 or more.',
    );
  });
});
