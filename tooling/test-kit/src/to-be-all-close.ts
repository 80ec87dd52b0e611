import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** Nested arrays of numbers, a flat list, or a tensor. */
type Numbers = tf.Tensor | ArrayLike<number> | readonly Numbers[] | number;

/** How far apart two numbers may be: |a − b| ≤ absolute + relative · |b|. */
export interface Tolerance {
  absolute?: number;
  relative?: number;
}

declare module 'vitest' {
  interface Matchers<T> {
    /** Every number within the tolerance (1e-6 absolute when none is given), and the shapes alike. */
    toBeAllClose(expected: Numbers, tolerance?: Tolerance): T;
  }
}

expect.extend({
  toBeAllClose(received: Numbers, expected: Numbers, tolerance: Tolerance = { absolute: 1e-6 }) {
    const { absolute = 0, relative = 0 } = tolerance;
    const [got, want] = [flatten(received), flatten(expected)];
    const shapes = [shapeOf(received), shapeOf(expected)];
    if (got.length !== want.length || (shapes[0] && shapes[1] && shapes[0].join() !== shapes[1].join())) {
      return {
        pass: false,
        message: () => `shape [${shapes[0] ?? got.length}], expected [${shapes[1] ?? want.length}]`,
      };
    }
    let worst = -1;
    let distance = 0;
    for (let i = 0; i < got.length; i++) {
      const [a, b] = [got[i]!, want[i]!];
      if (Object.is(a, b) || a === b) continue;
      const excess = Math.abs(a - b) - absolute - relative * Math.abs(b);
      if (!(excess <= 0) && !(excess <= distance && worst >= 0)) [worst, distance] = [i, excess];
    }
    return {
      pass: worst < 0,
      message: () =>
        worst < 0
          ? 'expected the numbers to differ'
          : `number ${place(worst, shapes[0] ?? shapes[1])} of ${got.length} is ${got[worst]}, expected ${want[worst]} ` +
            `within ${absolute} absolute and ${relative} relative`,
    };
  },
});

/** `[1, 2]` where the shape is known to have several axes. */
function place(index: number, shape: readonly number[] | undefined): string {
  if (!shape || shape.length < 2) return String(index);
  const places: number[] = [];
  for (const size of [...shape].reverse()) {
    places.unshift(index % size);
    index = Math.floor(index / size);
  }
  return `[${places.join(', ')}]`;
}

function flatten(numbers: Numbers): number[] {
  if (typeof numbers === 'number') return [numbers];
  if (numbers instanceof tf.Tensor) return [...numbers.dataSync()];
  return Array.from(numbers as ArrayLike<Numbers>).flatMap(flatten);
}

/** Undefined for a flat list, which says nothing about its shape. */
function shapeOf(numbers: Numbers): number[] | undefined {
  if (numbers instanceof tf.Tensor) return numbers.shape;
  if (!Array.isArray(numbers) || typeof numbers[0] === 'number') return undefined;
  const inner = shapeOf(numbers[0]) ?? [(numbers[0] as ArrayLike<number>).length];
  return [numbers.length, ...inner];
}
