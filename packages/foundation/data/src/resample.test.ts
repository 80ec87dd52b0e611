import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resample } from './index.ts';

const sine = (frequency: number, rate: number, length: number, phase = 0) =>
  Float32Array.from({ length }, (_, n) => Math.sin((2 * Math.PI * frequency * n) / rate + phase));

/** The largest sample away from the ends, where the silence outside is heard. */
function peak(samples: Float32Array, margin: number): number {
  return samples.slice(margin, -margin).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

const rates = [8000, 11_025, 16_000, 22_050, 44_100, 48_000];

describe('resample', () => {
  test('a sine below 0.9 of the lower Nyquist frequency stays the same sine', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...rates),
        fc.constantFrom(...rates),
        fc.double({ min: 0.001, max: 0.9, noNaN: true }),
        fc.double({ min: 0, max: 6, noNaN: true }),
        (from, to, share, phase) => {
          const frequency = (share * Math.min(from, to)) / 2;
          const length = Math.ceil(from / 16);
          const output = resample(sine(frequency, from, length, phase), from, to);
          expect(output).toHaveLength(Math.ceil((length * to) / from));
          // The definition: the same function of time, at the new times.
          const wanted = sine(frequency, to, output.length, phase);
          // The filter reaches 64 / 0.95 samples of the lower rate.
          const margin = Math.ceil((68 * to) / Math.min(from, to));
          const difference = output.map((sample, n) => sample - wanted[n]!);
          expect(peak(difference, margin)).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what lies above the new Nyquist frequency is 95 dB down', () => {
    for (const [from, to] of [
      [44_100, 16_000],
      [16_000, 8000],
      [48_000, 44_100],
    ] as const) {
      for (const share of [1.001, 1.02, 1.1]) {
        const frequency = (share * to) / 2;
        if (frequency >= from / 2) continue;
        const output = resample(sine(frequency, from, from / 10), from, to);
        expect(peak(output, 150)).toBeLessThan(10 ** (-95 / 20));
      }
    }
  });

  test('a constant stays a constant, the same rate a copy', () => {
    const ones = new Float32Array(1000).fill(1);
    for (const sample of resample(ones, 16_000, 11_025).slice(150, -150)) expect(sample).toBeCloseTo(1, 6);
    const copy = resample(ones, 8000, 8000);
    expect(copy).toEqual(ones);
    expect(copy).not.toBe(ones);
    expect(resample(new Float32Array(0), 8000, 16_000)).toHaveLength(0);
  });

  test('rates without a common divisor are as good as others', () => {
    const output = resample(sine(440, 44_100, 2000), 44_100, 15_991);
    const wanted = sine(440, 15_991, output.length);
    expect(
      peak(
        output.map((sample, n) => sample - wanted[n]!),
        100,
      ),
    ).toBeLessThan(1e-4);
  });

  test('rates that are none', () => {
    for (const rate of [0, -1, 0.5, Number.NaN]) {
      expect(() => resample(new Float32Array(1), rate, 8000)).toThrow(/`from` is/);
      expect(() => resample(new Float32Array(1), 8000, rate)).toThrow(/`to` is/);
    }
  });
});
