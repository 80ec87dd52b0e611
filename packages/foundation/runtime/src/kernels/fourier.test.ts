import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  generator,
  kernelBuilds,
  noise,
  useBuild,
  withGuardedHeap,
  worstDifference,
} from './kernels.test-kit.ts';
import reference from './operations.reference.json' with { type: 'json' }; // PyTorch float64, tooling/reference/operations.py

const builds = await kernelBuilds();

/** The transform by its definition, in float64; pairs in, pairs out. */
function definition(pairs: ArrayLike<number>, size: number, sign: -1 | 1): Float64Array {
  const result = new Float64Array(pairs.length);
  for (let row = 0; row < pairs.length; row += 2 * size) {
    for (let k = 0; k < size; k++) {
      for (let j = 0; j < size; j++) {
        const angle = (sign * 2 * Math.PI * ((j * k) % size)) / size;
        const [re, im] = [pairs[row + 2 * j]!, pairs[row + 2 * j + 1]!];
        result[row + 2 * k]! += re * Math.cos(angle) - im * Math.sin(angle);
        result[row + 2 * k + 1]! += re * Math.sin(angle) + im * Math.cos(angle);
      }
    }
  }
  return sign === 1 ? result.map((value) => value / size) : result;
}

/** A complex tensor of pairs of floats. */
function complex(pairs: Float32Array, shape: number[]): tf.Tensor {
  const part = (offset: number) =>
    tf.tensor(
      pairs.filter((_, i) => i % 2 === offset),
      shape,
    );
  return tf.complex(part(0), part(1));
}

const largest = (values: Float64Array) =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);

// Powers of two, products of 2, 3 and 5, primes and products of primes: every road through the kernel.
const lengths = [
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16, 17, 20, 27, 31, 32, 33, 49, 64, 100, 125, 127, 128, 129,
  240, 257, 400, 511, 512, 1000, 1009,
];

describe.each(builds)('Fourier transform, %s build', (build) => {
  beforeAll(() => useBuild(build));

  test('any length, forward and back: within a float of the definition, and no stray write', () => {
    withGuardedHeap(() => {
      for (const length of lengths) {
        const batch = length > 200 ? 1 : 3;
        const pairs = noise(2 * batch * length, generator(length));
        for (const [transform, sign] of [
          [tf.fft, -1],
          [tf.ifft, 1],
        ] as const) {
          // biome-ignore format: pairs
          const expected = definition(pairs, length, sign);
          const actual = tf.tidy(() => transform(complex(pairs, [batch, length])).dataSync());
          // Half a unit in the last place of the largest: 6e-8. The sum inside is in doubles.
          expect(worstDifference(actual, expected) / largest(expected), `${length}`).toBeLessThan(1e-7);
        }
      }
    });
  });

  test('linear; keeps the energy (Parseval); comes back', () => {
    const arrays = fc
      .integer({ min: 1, max: 200 })
      .chain((length) => fc.tuple(fc.constant(length), fc.nat(1e6)));
    fc.assert(
      fc.property(arrays, fc.double({ min: -3, max: 3, noNaN: true }), ([length, seed], factor) => {
        const next = generator(seed);
        const [x, y] = [noise(2 * length, next), noise(2 * length, next)];
        tf.tidy(() => {
          const fft = (pairs: Float32Array) => tf.fft(complex(pairs, [1, length])).dataSync() as Float32Array;
          const [fx, fy] = [fft(x), fft(y)];
          const scale = Math.sqrt(length) * 10;
          const sum = fft(x.map((value, i) => factor * value + y[i]!));
          expect(
            worstDifference(
              sum,
              fx.map((value, i) => factor * value + fy[i]!),
            ) / scale,
          ).toBeLessThan(1e-6);
          const energy = (values: Float32Array) => values.reduce((total, value) => total + value * value, 0);
          expect(energy(fx) / length / energy(x)).toBeCloseTo(1, 5);
          const back = tf.ifft(tf.fft(complex(x, [1, length]))).dataSync();
          expect(worstDifference(back, x)).toBeLessThan(3e-7);
        });
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  test('over the last axis of any rank, and of nothing', () => {
    const pairs = noise(2 * 2 * 3 * 5, generator(2));
    tf.tidy(() => {
      const flat = tf.fft(complex(pairs, [6, 5])).dataSync();
      expect([...tf.fft(complex(pairs, [2, 3, 5])).dataSync()]).toEqual([...flat]);
      expect([...tf.fft(complex(pairs.subarray(0, 10), [5])).dataSync()]).toEqual([...flat.subarray(0, 10)]);
      expect(tf.fft(complex(new Float32Array(0), [0, 5])).shape).toEqual([0, 5]);
    });
  });

  test('rfft keeps half of a real signal, irfft brings it back', () => {
    for (const length of [2, 4, 6, 10, 34, 64]) {
      const signal = noise(3 * length, generator(length));
      tf.tidy(() => {
        const spectrum = tf.rfft(tf.tensor2d(signal, [3, length]));
        expect(spectrum.shape).toEqual([3, length / 2 + 1]);
        const pairs = Float32Array.from({ length: 2 * signal.length }, (_, i) =>
          i % 2 ? 0 : signal[i / 2]!,
        );
        const full = definition(pairs, length, -1);
        const expected = full.filter((_, i) => i % (2 * length) < length + 2);
        expect(worstDifference(spectrum.dataSync(), expected) / largest(full)).toBeLessThan(2e-7);
        if (length > 2) expect(worstDifference(tf.irfft(spectrum).dataSync(), signal)).toBeLessThan(3e-7);
      });
    }
  });

  test('the short-time transform agrees with torch', () => {
    for (const golden of reference.stft) {
      tf.tidy(() => {
        const signal = tf.tensor1d(golden.signal);
        const result = tf.signal.stft(signal, golden.frameLength, golden.frameStep, golden.fftLength);
        expect(result.shape).toEqual(golden.shape);
        expect(worstDifference(result.dataSync(), golden.result)).toBeLessThan(2e-6);
        const magnitude = golden.result.flatMap((re, i) =>
          i % 2 ? [] : [Math.hypot(re, golden.result[i + 1]!)],
        );
        expect(worstDifference(tf.abs(result).dataSync(), magnitude)).toBeLessThan(2e-6);
      });
    }
  });
});
