import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { expectClose, generator, noise, withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

interface Case {
  shape: [number, number, number, number];
  filter: [number, number];
  strides: [number, number];
  dilations: [number, number];
  pad: 'same' | 'valid' | number;
  rounding?: 'floor' | 'round' | 'ceil';
  seed: number;
}

/** How many windows lie along an axis, and the padding before the first. */
function along(
  { shape, filter, strides, dilations, pad, rounding = 'floor' }: Case,
  axis: 0 | 1,
): { out: number; before: number } {
  const length = shape[axis + 1]!;
  const span = (filter[axis] - 1) * dilations[axis] + 1;
  if (pad === 'same') {
    const out = Math.ceil(length / strides[axis]);
    return { out, before: Math.floor(Math.max(0, (out - 1) * strides[axis] + span - length) / 2) };
  }
  const before = pad === 'valid' ? 0 : pad;
  return { out: Math[rounding]((length + 2 * before - span) / strides[axis] + 1), before };
}

/** Of every window in turn: the first of its largest numbers takes its gradient. */
function bruteForce(c: Case, x: ArrayLike<number>, dy: ArrayLike<number>): Float64Array {
  const [batch, height, width, channels] = c.shape;
  const [rows, columns] = [along(c, 0), along(c, 1)];
  const dx = new Float64Array(x.length);
  for (let i = 0; i < batch * rows.out * columns.out * channels; i++) {
    const channel = i % channels;
    const column = Math.floor(i / channels) % columns.out;
    const row = Math.floor(i / channels / columns.out) % rows.out;
    const picture = Math.floor(i / channels / columns.out / rows.out);
    const places: number[] = [];
    for (let fy = 0; fy < c.filter[0]; fy++) {
      for (let fx = 0; fx < c.filter[1]; fx++) {
        const y = row * c.strides[0] - rows.before + fy * c.dilations[0];
        const across = column * c.strides[1] - columns.before + fx * c.dilations[1];
        if (y < 0 || y >= height || across < 0 || across >= width) continue;
        places.push(((picture * height + y) * width + across) * channels + channel);
      }
    }
    const largest = Math.max(...places.map((place) => x[place]!));
    const winner = places.find((place) => x[place] === largest);
    if (winner !== undefined) dx[winner]! += dy[i]!;
  }
  return dx;
}

const size = (max: number) => fc.integer({ min: 1, max });
const cases: fc.Arbitrary<Case> = fc
  .record({
    shape: fc.tuple(size(2), size(8), size(8), size(4)),
    filter: fc.tuple(size(4), size(4)),
    strides: fc.tuple(size(3), size(3)),
    dilations: fc.tuple(size(3), size(3)),
    pad: fc.constantFrom<Case['pad']>('same', 'valid', 0, 1, 2),
    seed: fc.nat(1e6),
  })
  .filter((c) => along(c, 0).out > 0 && along(c, 1).out > 0);

test('windows without a positive number give their gradient to the largest all the same', () => {
  tf.tidy(() => {
    const x = tf.tensor4d([-1, -2, -3, -4, 1, 2, 3, 4], [1, 8, 1, 1]);
    const dy = tf.tensor4d([1, 2, 3, 4], [1, 4, 1, 1]);
    const gradient = tf.grad((x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [2, 1], [2, 1], 'valid'))(x, dy);
    expect([...gradient.dataSync()]).toEqual([1, 0, 2, 0, 0, 3, 0, 4]);
  });
});

test('any size, stride, dilation and padding: as the definition has it, and no stray write', () => {
  withGuardedHeap(() => {
    fc.assert(
      fc.property(cases, (c) => {
        const next = generator(c.seed);
        // Few different numbers, so that many are equal; most are negative.
        const x = noise(
          c.shape.reduce((a, b) => a * b, 1),
          next,
        ).map((value) => Math.round(3 * value) - 2);
        const outShape = [c.shape[0], along(c, 0).out, along(c, 1).out, c.shape[3]];
        const dy = noise(
          outShape.reduce((a, b) => a * b, 1),
          next,
        );
        tf.tidy(() => {
          const [input, gradient] = [tf.tensor(x, c.shape), tf.tensor(dy, outShape)];
          const attrs = { filterSize: c.filter, strides: c.strides, dilations: c.dilations, pad: c.pad };
          const dx = tf.engine().runKernel(tf.MaxPoolGrad, { dy: gradient, input, output: gradient }, attrs);
          expectClose((dx as tf.Tensor).dataSync(), bruteForce(c, x, dy), 1e-5);
        });
      }),
      { numRuns: 300, seed: 6 },
    );
  });
});

test('through the tape, however the size is rounded', () => {
  const next = generator(4);
  for (const rounding of ['floor', 'round', 'ceil'] as const) {
    const c: Case = {
      shape: [2, 7, 6, 3],
      filter: [2, 3],
      strides: [2, 4],
      dilations: [1, 1],
      pad: 1,
      rounding,
      seed: 0,
    };
    const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, c.filter, c.strides, 1, rounding);
    tf.tidy(() => {
      const x = tf.tensor4d(noise(2 * 7 * 6 * 3, next), c.shape);
      const { shape } = pool(x);
      expect(shape).toEqual([2, along(c, 0).out, along(c, 1).out, 3]);
      const dy = tf.tensor(
        noise(
          shape.reduce((a, b) => a * b, 1),
          next,
        ),
        shape,
      );
      expectClose(tf.grad(pool)(x, dy).dataSync(), bruteForce(c, x.dataSync(), dy.dataSync()), 1e-5);
    });
  }
});

test('NaN and −∞ are passed by: as the cpu backend', async () => {
  const x = noise(2 * 7 * 6 * 3, generator(2)).map((value, i) => {
    if (i % 11 === 0) return Number.NaN;
    return i % 5 === 0 || i < 30 ? Number.NEGATIVE_INFINITY : value - 1;
  });
  const pool = (x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same');
  const dy = noise(2 * 4 * 3 * 3, generator(3));
  const run = () =>
    tf.tidy(() => [
      ...tf
        .grad(pool)(tf.tensor4d(x, [2, 7, 6, 3]), tf.tensor4d(dy, [2, 4, 3, 3]))
        .dataSync(),
    ]);
  const actual = run();
  await tf.setBackend('cpu');
  const expected = run();
  await tf.setBackend('wasm');
  expect(actual).toEqual(expected);
});

test('a dy of another shape is refused', () => {
  const [input, dy] = [tf.zeros([1, 4, 4, 1]), tf.zeros([1, 3, 2, 1])];
  const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
  expect(() => tf.engine().runKernel(tf.MaxPoolGrad, { dy, input, output: dy }, attrs)).toThrow(
    '`dy` is float32 [1, 3, 2, 1], expected float32 [1, 2, 2, 1]',
  );
  tf.dispose([input, dy]);
});
