import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { fusedGlobalNorm, softmaxCrossEntropy } from './index.ts';
import {
  generator,
  kernelBuilds,
  noise,
  useBuild,
  withGuardedHeap,
  worstDifference,
} from './kernels.test-kit.ts';

const builds = await kernelBuilds();

/** Plain loops in float64. */
function product(
  a: Float32Array,
  b: Float32Array,
  [m, n, k]: [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      for (let p = 0; p < k; p++)
        c[i * n + j]! += a[transposeA ? p * m + i : i * k + p]! * b[transposeB ? j * k + p : p * n + j]!;
    }
  }
  return c;
}

describe.each(builds)('%s build', (build) => {
  beforeAll(() => useBuild(build));

  describe('matMul', () => {
    const sizes: [number, number, number][] = [
      [1, 1, 1],
      [1, 33, 17],
      [2, 5, 3],
      [3, 12, 4],
      [4, 13, 5],
      [5, 24, 7],
      [7, 11, 33],
      [17, 35, 257],
      [49, 25, 300],
      [100, 7, 1],
      [1, 257, 129],
      [3, 2, 0],
      [13, 100, 7],
      [45, 97, 300],
    ];
    for (const [m, n, k] of sizes) {
      test(`[${m}, ${k}] · [${k}, ${n}], transposed and not`, () => {
        const next = generator(m * 10007 + n * 101 + k);
        const a = noise(m * k, next);
        const b = noise(k * n, next);
        for (const transposeA of [false, true]) {
          for (const transposeB of [false, true]) {
            const expected = product(a, b, [m, n, k], transposeA, transposeB);
            const actual = tf.tidy(() =>
              tf
                .matMul(
                  tf.tensor2d(a, transposeA ? [k, m] : [m, k]),
                  tf.tensor2d(b, transposeB ? [n, k] : [k, n]),
                  transposeA,
                  transposeB,
                )
                .dataSync(),
            );
            expect(worstDifference(actual, expected)).toBeLessThan(1e-5 * Math.max(1, Math.sqrt(k)));
          }
        }
      });
    }

    test('batches, one matrix for all batches, and batches that broadcast', () => {
      const next = generator(5);
      const a = noise(6 * 3 * 5, next);
      const b = noise(6 * 5 * 4, next);
      const expected = (sameB: boolean) =>
        Array.from({ length: 6 }, (_, i) => [
          ...product(
            a.subarray(i * 15, i * 15 + 15),
            sameB ? b.subarray(0, 20) : b.subarray(i * 20, i * 20 + 20),
            [3, 4, 5],
            false,
            false,
          ),
        ]).flat();
      const actual = tf.tidy(() =>
        tf.matMul(tf.tensor(a, [2, 3, 3, 5]), tf.tensor(b, [2, 3, 5, 4])).dataSync(),
      );
      expect(worstDifference(actual, expected(false))).toBeLessThan(1e-5);
      const shared = tf.tidy(() =>
        tf.matMul(tf.tensor(a, [6, 3, 5]), tf.tensor(b.subarray(0, 20), [1, 5, 4])).dataSync(),
      );
      expect(worstDifference(shared, expected(true))).toBeLessThan(1e-5);
      const crossed = tf.tidy(() =>
        tf.matMul(tf.tensor(a.subarray(0, 30), [2, 1, 3, 5]), tf.tensor(b.subarray(0, 40), [1, 2, 5, 4])),
      );
      expect(crossed.shape).toEqual([2, 2, 3, 4]);
      expect(
        worstDifference(
          crossed.dataSync().subarray(12, 24),
          product(a.subarray(0, 15), b.subarray(20, 40), [3, 4, 5], false, false),
        ),
      ).toBeLessThan(1e-5);
      crossed.dispose();
    });

    test('no stray write and no read of what was not written', () => {
      withGuardedHeap(() => {
        for (const [m, n, k] of sizes) {
          const next = generator(m + n + k);
          const a = noise(m * k, next);
          const b = noise(k * n, next);
          const expected = product(a, b, [m, n, k], true, true);
          const actual = tf.tidy(() =>
            tf.matMul(tf.tensor2d(a, [k, m]), tf.tensor2d(b, [n, k]), true, true).dataSync(),
          );
          expect(worstDifference(actual, expected)).toBeLessThan(1e-5 * Math.max(1, Math.sqrt(k)));
        }
      });
    });

    test('inner sizes that differ are refused', () => {
      expect(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([4, 5]))).toThrow(/3 and 4/);
    });

    test('fused with bias and activation', () => {
      const next = generator(9);
      const [m, n, k] = [5, 7, 6];
      const a = noise(m * k, next);
      const b = noise(k * n, next);
      const bias = noise(n, next);
      const linear = product(a, b, [m, n, k], false, false).map((value, i) => value + bias[i % n]!);
      const fused = (activation: 'linear' | 'relu' | 'sigmoid') =>
        tf.tidy(() =>
          tf.fused
            .matMul({
              a: tf.tensor2d(a, [m, k]),
              b: tf.tensor2d(b, [k, n]),
              bias: tf.tensor1d(bias),
              activation,
            })
            .dataSync(),
        );
      expect(worstDifference(fused('linear'), linear)).toBeLessThan(1e-5);
      expect(
        worstDifference(
          fused('relu'),
          linear.map((value) => Math.max(value, 0)),
        ),
      ).toBeLessThan(1e-5);
      expect(
        worstDifference(
          fused('sigmoid'),
          linear.map((value) => 1 / (1 + Math.exp(-value))),
        ),
      ).toBeLessThan(1e-5);
      const relu = tf.tidy(() =>
        tf.fused
          .matMul({ a: tf.tensor2d(a, [m, k]), b: tf.tensor2d(b, [k, n]), activation: 'relu' })
          .dataSync(),
      );
      expect(
        worstDifference(
          relu,
          product(a, b, [m, n, k], false, false).map((value) => Math.max(value, 0)),
        ),
      ).toBeLessThan(1e-5);
    });

    test('the heap grows between the allocation of inputs and of outputs', () => {
      const next = generator(3);
      const a = noise(4 * 4, next);
      const small = tf.tensor2d(a, [4, 4]);
      const hog = Array.from({ length: 40 }, () => tf.zeros([1024, 1024]));
      const result = tf.matMul(small, small);
      expect(worstDifference(result.dataSync(), product(a, a, [4, 4, 4], false, false))).toBeLessThan(1e-5);
      for (const tensor of [small, result, ...hog]) tensor.dispose();
    });
  });

  test.each([
    ['clone', (x: tf.Tensor) => tf.clone(x)],
    ['a cast to the type it has', (x: tf.Tensor) => tf.cast(x, 'float32')],
  ])('%s shares the numbers and frees them with the last holder', (_name, copy) => {
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    const x = tf.tensor1d([1, 2, 3]);
    const y = copy(x);
    expect(tf.memory().numDataBuffers).toBe(numDataBuffers + 1);
    x.dispose();
    expect([...y.dataSync()]).toEqual([1, 2, 3]);
    y.dispose();
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
  });

  test('sum over the first axes, and over others', () => {
    const next = generator(21);
    const x = noise(7 * 3 * 5, next);
    const sums = (axis: number | number[], keepDims = false) =>
      tf.tidy(() => {
        const sum = tf.sum(tf.tensor(x, [7, 3, 5]), axis, keepDims);
        return { shape: sum.shape, values: sum.dataSync() };
      });
    const expected = (group: (i: number) => number, size: number) => {
      const totals = new Float64Array(size);
      for (const [i, value] of x.entries()) totals[group(i)]! += value;
      return totals;
    };
    const cases: [number | number[], number[], (i: number) => number][] = [
      [0, [3, 5], (i) => i % 15],
      [[1, 0], [5], (i) => i % 5],
      [[0, 1, 2], [], () => 0],
      [1, [7, 5], (i) => Math.floor(i / 15) * 5 + (i % 5)],
      [-1, [7, 3], (i) => Math.floor(i / 5)],
    ];
    for (const [axis, shape, group] of cases) {
      const { shape: actual, values } = sums(axis);
      expect(actual).toEqual(shape);
      expect(worstDifference(values, expected(group, values.length))).toBeLessThan(1e-5);
    }
    expect(sums([0, 1], true).shape).toEqual([1, 1, 5]);
    expect(tf.tidy(() => tf.sum(tf.zeros([0, 4]), 0).arraySync())).toEqual([0, 0, 0, 0]);
    expect(
      tf.tidy(() =>
        tf
          .sum(
            tf.tensor2d(
              [
                [1, 2],
                [3, 4],
              ],
              [2, 2],
              'int32',
            ),
            0,
          )
          .arraySync(),
      ),
    ).toEqual([4, 6]);
  });

  test('unsortedSegmentSum adds rows by id, and leaves out ids that have no segment', () => {
    const sums = tf.tidy(() =>
      tf
        .unsortedSegmentSum(
          tf.tensor2d([
            [1, 2, 3, 4, 5],
            [10, 20, 30, 40, 50],
            [100, 200, 300, 400, 500],
            [7, 7, 7, 7, 7],
          ]),
          tf.tensor1d([2, 0, 2, -1], 'int32'),
          4,
        )
        .arraySync(),
    );
    expect(sums).toEqual([
      [10, 20, 30, 40, 50],
      [0, 0, 0, 0, 0],
      [101, 202, 303, 404, 505],
      [0, 0, 0, 0, 0],
    ]);
  });

  describe('softmaxCrossEntropy', () => {
    const reference = (
      logits: Float64Array,
      labels: number[],
      weights: number[],
      classes: number,
      smoothing: number,
    ) =>
      labels.map((label, row) => {
        if (weights[row] === 0) return 0;
        const x = logits.subarray(row * classes, (row + 1) * classes);
        const logSum = Math.log(x.reduce((sum, value) => sum + Math.exp(value), 0));
        const mean = x.reduce((sum, value) => sum + value, 0) / classes;
        return weights[row]! * (logSum - (1 - smoothing) * x[label]! - smoothing * mean);
      });

    for (const classes of [1, 2, 5, 33, 1001]) {
      for (const smoothing of [0, 0.1]) {
        test(`${classes} classes, smoothing ${smoothing}: values and gradient`, () => {
          const next = generator(classes);
          const rows = 5;
          const logits = Float64Array.from({ length: rows * classes }, () => Math.fround(4 * next()));
          const labels = Array.from({ length: rows }, (_, row) => (row * 7) % classes);
          const weights = [1, 0.5, 0, 2, 1];
          labels[2] = -1;
          const dy = Array.from({ length: rows }, () => Math.fround(next()));
          const expected = reference(logits, labels, weights, classes, smoothing);
          tf.tidy(() => {
            const loss = (x: tf.Tensor) =>
              softmaxCrossEntropy({
                logits: x as tf.Tensor2D,
                labels: tf.tensor1d(labels, 'int32'),
                weights: tf.tensor1d(weights),
                labelSmoothing: smoothing,
              });
            const x = tf.tensor2d(Float32Array.from(logits), [rows, classes]);
            expect(worstDifference(loss(x).dataSync(), expected)).toBeLessThan(1e-5);
            const gradient = tf.grad(loss)(x, tf.tensor1d(dy)).dataSync();
            const step = Math.ceil(logits.length / 60);
            for (let i = 0; i < logits.length; i += step) {
              const kept = logits[i]!;
              const at = (value: number) => {
                logits[i] = value;
                return reference(logits, labels, weights, classes, smoothing).reduce(
                  (sum, loss, row) => sum + loss * dy[row]!,
                  0,
                );
              };
              const slope = (at(kept + 1e-4) - at(kept - 1e-4)) / 2e-4;
              logits[i] = kept;
              expect(Math.abs(gradient[i]! - slope)).toBeLessThan(2e-6);
            }
          });
        });
      }
    }

    test('even logits cost ln of the classes, huge ones stay finite, NaN shows', () => {
      const loss = (row: number[], label = 0) =>
        tf.tidy(
          () =>
            softmaxCrossEntropy({
              logits: tf.tensor2d([row]),
              labels: tf.tensor1d([label], 'int32'),
            }).dataSync()[0]!,
        );
      expect(loss([0, 0, 0, 0])).toBeCloseTo(Math.log(4), 6);
      expect(loss([1e30, -1e30], 0)).toBe(0);
      expect(loss([0, 0, 1000])).toBeCloseTo(1000, 3);
      expect(loss([Number.NEGATIVE_INFINITY, 2, 2], 1)).toBeCloseTo(Math.log(2), 6);
      expect(loss([Number.NaN, 0, 0, 0, 0], 1)).toBeNaN();
      expect(loss([0, 0, 0, 0, Number.NaN], 1)).toBeNaN();
    });

    test('a label outside the classes is refused unless its weight is 0', () => {
      expect(() =>
        softmaxCrossEntropy({ logits: tf.zeros([2, 3]), labels: tf.tensor1d([0, 3], 'int32') }),
      ).toThrow(/`labels`\[1\] is 3, expected 0 to 2/);
      expect(() =>
        softmaxCrossEntropy({ logits: tf.zeros([2, 3]), labels: tf.tensor1d([0], 'int32') }),
      ).toThrow(/expected int32 \[2\]/);
    });
  });

  test('fusedGlobalNorm is the length of all numbers together', () => {
    // √(3² + 4² + 12² + 84²) = √7225 = 85
    expect(
      tf.tidy(() => fusedGlobalNorm([tf.tensor1d([3, 4]), tf.scalar(12), tf.tensor2d([[84]])]).dataSync()[0]),
    ).toBe(85);
  });
});
