import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { expectClose, withGuardedHeap } from './kernels.test-kit.ts';

beforeAll(() => startRuntime());

/** What a row of a table gives, on a heap with guards. */
function expectTensor(_name: string, run: () => tf.Tensor, shape: number[], values: number[]): void {
  withGuardedHeap(() =>
    tf.tidy(() => {
      const y = run();
      expect([y.shape, [...y.dataSync()]]).toEqual([shape, values]);
    }),
  );
}

const ones = (shape: [number, number, number, number]) => tf.ones<tf.Rank.R4>(shape);
const ones3d = (shape: [number, number, number]) => tf.ones<tf.Rank.R3>(shape);

describe('an output of no pixels is empty', () => {
  // Height 4 under a filter of 5: 4 − 5 + 1 = 0 pixels; ⌈(3 − 3 − 1 + 1) / 3⌉ = 0 with a stride.
  test.each<[string, () => tf.Tensor, number[]]>([
    ['conv2d', () => tf.conv2d(ones([2, 4, 3, 3]), ones([5, 1, 3, 3]), 1, 'valid'), [2, 0, 3, 3]],
    ['conv2d, strides', () => tf.conv2d(ones([3, 3, 7, 3]), ones([4, 4, 3, 3]), 3, 'valid'), [3, 0, 2, 3]],
    ['conv2d, far too large', () => tf.conv2d(ones([1, 3, 3, 1]), ones([5, 5, 1, 1]), 3, 'valid'), [1, 0, 0, 1]],
    ['conv2d, dilated', () => tf.conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 2]), 1, 'valid', 'NHWC', 2), [1, 0, 0, 2]],
    ['conv2d of no pictures', () => tf.conv2d(ones([0, 4, 4, 1]), ones([3, 3, 1, 2]), 1, 'same'), [0, 4, 4, 2]],
    ['conv1d', () => tf.conv1d(ones3d([2, 4, 3]), ones3d([5, 3, 3]), 1, 'valid'), [2, 0, 3]],
    ['fused conv2d', () => tf.fused.conv2d({ x: ones([2, 4, 3, 3]), filter: ones([5, 1, 3, 3]), strides: 1, pad: 'valid', bias: tf.ones([3]), activation: 'relu' }), [2, 0, 3, 3]],
    ['depthwiseConv2d', () => tf.depthwiseConv2d(ones([2, 4, 3, 3]), ones([5, 1, 3, 2]), 1, 'valid'), [2, 0, 3, 6]],
    ['maxPool', () => tf.maxPool(ones([2, 4, 3, 3]), [5, 1], 1, 'valid'), [2, 0, 3, 3]],
    ['avgPool', () => tf.avgPool(ones([2, 4, 3, 3]), [5, 1], 1, 'valid'), [2, 0, 3, 3]],
  ])('%s', (_name, run, shape) => {
    withGuardedHeap(() =>
      tf.tidy(() => {
        const { shape: actual, dtype } = run();
        expect([actual, dtype]).toEqual([shape, 'float32']); // −0 is no 0 here
      }),
    );
  }); // biome-ignore format: a table

  test('its gradients are zeros', () => {
    withGuardedHeap(() =>
      tf.tidy(() => {
        const [x, filter] = [ones([2, 4, 3, 3]), ones([5, 1, 3, 3])];
        const gradients = [
          ...tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
            tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
          )([x, filter]),
          ...tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
            tf.depthwiseConv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid'),
          )([x, filter]),
          tf.grad((x: tf.Tensor) => tf.maxPool(x as tf.Tensor4D, [5, 1], 1, 'valid'))(x),
          tf.grad((x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, [5, 1], 1, 'valid'))(x),
        ];
        for (const gradient of gradients)
          expect(gradient.dataSync().every((value) => value === 0)).toBe(true);
        expect(gradients.map(({ shape }) => shape[1])).toEqual([4, 1, 4, 1, 4, 4]);
      }),
    );
  });
});

test('a sum over no channels is zero', () => {
  withGuardedHeap(() =>
    tf.tidy(() => {
      const y = tf.conv2d(ones([1, 4, 4, 0]), ones([3, 3, 0, 2]), 1, 'same');
      expect([...y.dataSync()]).toEqual(new Array(32).fill(0));
    }),
  );
});

test('a filter that is too large for its input is refused, and the heap stays whole', () => {
  tf.tidy(() => {
    const small = ones([2, 3, 3, 3]);
    const run = () => tf.conv2d(small, ones([5, 5, 3, 3]), 1, 'valid');
    expect(run).toThrow(RangeError);
    expect(run).toThrow('the filter covers 5 × 5 pixels, the input has 3 × 3 with its padding');
    expect(run).toThrow('smaller filter');
    // 3 + 2 · 1 pixels of height, and (4 − 1) · 2 + 1 that a dilated filter covers.
    expect(() => tf.conv2d(small, ones([4, 1, 3, 3]), 1, 1, 'NHWC', 2)).toThrow(
      '7 × 1 pixels, the input has 5 × 5',
    );
    expect(() => tf.conv1d(ones3d([2, 3, 3]), ones3d([5, 3, 3]), 1, 'valid')).toThrow('1 × 5 pixels');
    expect(() => tf.depthwiseConv2d(small, ones([5, 5, 3, 1]), 1, 'valid')).toThrow(RangeError);
    expect(() => tf.maxPool(small, 5, 1, 'valid')).toThrow('MaxPool: the filter covers 5 × 5');
    expect(() => tf.avgPool(small, 5, 1, 'valid')).toThrow('AvgPool: the filter covers 5 × 5');
    expect(tf.sum(tf.ones([1000])).dataSync()[0]).toBe(1000);
  });
});

describe("'same' with strides that leave pixels over: windows of the first ones, all within", () => {
  // Of ones each output is as many as its window holds pixels.
  test.each<[string, () => tf.Tensor, number[], number[]]>([
    // ⌈3 / 2⌉ × ⌈4 / 2⌉ outputs: of rows −1…1 and 1…3, where −1 and 3 are padding, at columns 0 and 2.
    ['conv2d', () => tf.conv2d(ones([1, 3, 4, 1]), ones([3, 1, 1, 1]), 2, 'same'), [1, 2, 2, 1], [2, 2, 2, 2]],
    // Rows 0…1 and 3…4, where row 4 is padding; columns 0…1 and 3…4, all there.
    ['conv2d, square', () => tf.conv2d(ones([1, 4, 6, 1]), ones([2, 2, 1, 1]), 3, 'same'), [1, 2, 2, 1], [4, 4, 2, 2]],
    ['conv1d', () => tf.conv1d(ones3d([1, 6, 1]), ones3d([2, 1, 1]), 3, 'same'), [1, 2, 1], [2, 2]],
    ['fused conv2d', () => tf.fused.conv2d({ x: ones([1, 3, 4, 1]), filter: ones([3, 1, 1, 1]), strides: 2, pad: 'same', bias: tf.tensor1d([0.5]), activation: 'relu' }), [1, 2, 2, 1], [2.5, 2.5, 2.5, 2.5]],
    ['depthwiseConv2d', () => tf.depthwiseConv2d(ones([1, 3, 4, 2]), ones([3, 1, 2, 1]), 2, 'same'), [1, 2, 2, 2], [2, 2, 2, 2, 2, 2, 2, 2]],
    ['fused depthwiseConv2d', () => tf.fused.depthwiseConv2d({ x: ones([1, 3, 4, 1]), filter: ones([3, 1, 1, 1]), strides: 2, pad: 'same', bias: tf.tensor1d([0.5]) }), [1, 2, 2, 1], [2.5, 2.5, 2.5, 2.5]],
    ['separableConv2d', () => tf.separableConv2d(ones([1, 3, 4, 1]), ones([3, 1, 1, 1]), ones([1, 1, 1, 1]), 2, 'same'), [1, 2, 2, 1], [2, 2, 2, 2]],
    // The gradient of a transposed convolution is the convolution of dy.
    ['conv2dTranspose', () => tf.grad((x: tf.Tensor) => tf.conv2dTranspose(x as tf.Tensor4D, ones([3, 1, 1, 1]), [1, 3, 4, 1], 2, 'same'))(ones([1, 2, 2, 1])), [1, 2, 2, 1], [2, 2, 2, 2]],
    ['maxPool', () => tf.maxPool(ones([1, 3, 4, 1]), [3, 1], 2, 'same'), [1, 2, 2, 1], [1, 1, 1, 1]],
    ['avgPool', () => tf.avgPool(ones([1, 3, 4, 1]), [3, 1], 2, 'same'), [1, 2, 2, 1], [1, 1, 1, 1]],
  ])('%s', expectTensor); // biome-ignore format: a table
});

describe('a size that is rounded up has windows that reach over the last pixels', () => {
  // Of ones each sum is as many as its window holds pixels.
  test.each<[string, () => tf.Tensor, number[], number[]]>([
    // (1 − 2) / 2 + 1 = ½ and (6 − 2) / 1 + 1 = 5.
    ['maxPool', () => tf.maxPool(ones([1, 1, 6, 3]), 2, [2, 1], 0, 'ceil'), [1, 1, 5, 3], new Array(15).fill(1)],
    // (4 − 3) / 2 + 1 = 1½: windows of pixels 0…2 and 2…3.
    ['maxPool, square', () => tf.maxPool(ones([1, 4, 4, 1]), 3, 2, 0, 'ceil'), [1, 2, 2, 1], [1, 1, 1, 1]],
    ['maxPool, rounded', () => tf.maxPool(ones([1, 4, 4, 1]), 3, 2, 0, 'round'), [1, 2, 2, 1], [1, 1, 1, 1]],
    ['avgPool', () => tf.avgPool(ones([1, 4, 4, 1]), 3, 2, 0, 'ceil'), [1, 2, 2, 1], [1, 1, 1, 1]],
    ['conv2d', () => tf.conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 1]), 2, 0, 'NHWC', 1, 'ceil'), [1, 2, 2, 1], [9, 6, 6, 4]],
    ['conv2d, rounded', () => tf.conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 1]), 2, 0, 'NHWC', 1, 'round'), [1, 2, 2, 1], [9, 6, 6, 4]],
    // (4 − 2) / 3 + 1 = 1⅔ is 2 either way, (4 − 3) / 3 + 1 = 1⅓ only rounded up.
    ['conv2d, rounded down', () => tf.conv2d(ones([1, 4, 4, 1]), ones([2, 3, 1, 1]), 3, 0, 'NHWC', 1, 'round'), [1, 2, 1, 1], [6, 3]],
    ['conv2d, floor', () => tf.conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 1]), 2, 0, 'NHWC', 1, 'floor'), [1, 1, 1, 1], [9]],
    // One row and one column of padding: (4 − 3 + 2) / 2 + 1 = 2½: pixels −1…1, 1…3 and 3…5.
    ['conv2d, padded', () => tf.conv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 1]), 2, 1, 'NHWC', 1, 'ceil'), [1, 3, 3, 1], [4, 6, 2, 6, 9, 3, 2, 3, 1]],
    ['fused conv2d', () => tf.fused.conv2d({ x: ones([1, 4, 4, 1]), filter: ones([3, 3, 1, 1]), strides: 2, pad: 0, dimRoundingMode: 'ceil', bias: tf.tensor1d([0.5]) }), [1, 2, 2, 1], [9.5, 6.5, 6.5, 4.5]],
    ['depthwiseConv2d', () => tf.depthwiseConv2d(ones([1, 4, 4, 1]), ones([3, 3, 1, 1]), 2, 0, 'NHWC', 1, 'ceil'), [1, 2, 2, 1], [9, 6, 6, 4]],
    ['conv1d', () => tf.conv1d(ones3d([1, 4, 1]), ones3d([3, 1, 1]), 2, 0, 'NWC', 1, 'ceil'), [1, 2, 1], [3, 2]],
    // The last window, at pixel 4 of 0…3, holds nothing: (4 − 1) / 2 + 1 = 2½. A sum of it is 0.
    ['conv1d of nothing', () => tf.conv1d(ones3d([1, 4, 1]), ones3d([1, 1, 1]), 2, 0, 'NWC', 1, 'ceil'), [1, 3, 1], [1, 1, 0]],
  ])('%s', expectTensor); // biome-ignore format: a table

  test('and gradients: as many as there are windows that hold a pixel', () => {
    // Windows 0…2 and 2…3 of four pixels: pixel 2 is in both. Four windows in two dimensions.
    const held = [1, 1, 2, 1];
    const both = held.flatMap((row) => held.map((column) => row * column));
    withGuardedHeap(() =>
      tf.tidy(() => {
        const [x, filter] = [ones([1, 4, 4, 1]), ones([3, 3, 1, 1])];
        for (const convolve of [tf.conv2d, tf.depthwiseConv2d]) {
          const [dx, dFilter] = tf.grads((x: tf.Tensor, filter: tf.Tensor) =>
            convolve(x as tf.Tensor4D, filter as tf.Tensor4D, 2, 0, 'NHWC', 1, 'ceil'),
          )([x, filter]) as [tf.Tensor, tf.Tensor];
          expect([...dx.dataSync()]).toEqual(both);
          // Of the places of the filter the last, in either direction, holds a pixel in the first window alone.
          expect([...dFilter.dataSync()]).toEqual([4, 4, 2, 4, 4, 2, 2, 2, 1]);
        }
        // tfjs divides by the size of the filter, whatever a window holds.
        const dx = tf.grad((x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 3, 2, 0, 'ceil'))(x);
        expectClose(
          dx.dataSync(),
          both.map((windows) => windows / 9),
          1e-6,
        );
      }),
    );
  });
});

describe('a window of nothing but padding', () => {
  // Of pixels 1…4 windows of two, at −3, −1, 1 and 3, hold none, the first, the second and third, the fourth.
  const row = (pool: (x: tf.Tensor3D) => tf.Tensor) => [
    ...pool(tf.tensor3d([1, 2, 3, 4], [1, 4, 1])).dataSync(),
  ];
  test.each<[string, (x: tf.Tensor3D) => tf.Tensor, number[]]>([
    ['maxPool', (x) => tf.maxPool(x, [1, 2], [1, 2], [[0, 0], [0, 0], [3, 2], [0, 0]]), [Number.NEGATIVE_INFINITY, 1, 3, 4]],
    ['avgPool', (x) => tf.avgPool(x, [1, 2], [1, 2], [[0, 0], [0, 0], [3, 2], [0, 0]]), [Number.NaN, 1, 2.5, 4]],
    // (4 − 1) / 2 + 1 = 2½: at pixels 0, 2 and 4.
    ['maxPool of one pixel, rounded up', (x) => tf.maxPool(x, 1, [1, 2], 0, 'ceil'), [1, 3, Number.NEGATIVE_INFINITY]],
    ['avgPool of one pixel, rounded up', (x) => tf.avgPool(x, 1, [1, 2], 0, 'ceil'), [1, 3, Number.NaN]],
    // (4 − 1 + 2) / 2 + 1 = 3½: at pixels −1, 1 and 3.
    ['maxPool of one pixel, padded', (x) => tf.maxPool(x, 1, [1, 2], [[0, 0], [0, 0], [1, 1], [0, 0]]), [Number.NEGATIVE_INFINITY, 2, 4]],
  ])('%s', (_name, pool, values) => {
    withGuardedHeap(() => expect(tf.tidy(() => row(pool))).toEqual(values));
  }); // biome-ignore format: a table

  test('of several channels and pictures', () => {
    // A frame of padding of two around one pixel, under windows of two: rows −2, −1, 0 and 1 hold none, it, it and none.
    withGuardedHeap(() =>
      tf.tidy(() => {
        const x = tf.tensor4d([1, 2, 3, 4], [2, 1, 1, 2]);
        const none = new Array(2).fill(Number.NEGATIVE_INFINITY);
        const picture = (pixel: number[]) => {
          const edge = [none, none, none, none].flat();
          const middle = [none, pixel, pixel, none].flat();
          return [edge, middle, middle, edge].flat();
        };
        expect([...tf.maxPool(x, 2, 1, 2).dataSync()]).toEqual([...picture([1, 2]), ...picture([3, 4])]);
      }),
    );
  });
});
