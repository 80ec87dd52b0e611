import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dequantize, quantize } from './quantize.ts';

test('bins hold equally many numbers and stand for their mean', () => {
  // 0 is kept; the other 1,020 numbers −4 … −1,023 share 255 codes: 4 to a bin, −4 −5 −6 −7 → −5.5
  const values = Float32Array.from([0, ...Array.from({ length: 1020 }, (_, i) => -4 - i)]);
  const quantized = quantize(values, 8);
  expect(quantized.codebook.length).toBe(256);
  const back = dequantize(quantized);
  expect([...back.slice(0, 6)]).toEqual([0, -5.5, -5.5, -5.5, -5.5, -9.5]);
});

test('gives every number the nearest of its list, and keeps 0 and -Infinity', () => {
  const numbers = fc.array(fc.float({ min: -20, max: 1, noNaN: true }), { minLength: 300, maxLength: 600 });
  fc.assert(
    fc.property(numbers, (list) => {
      const values = Float32Array.from([0, Number.NEGATIVE_INFINITY, ...list]);
      const { codes, codebook } = quantize(values, 8);
      const back = dequantize({ codes, codebook });
      expect(back[0]! + 0).toBe(0);
      expect(back[1]).toBe(Number.NEGATIVE_INFINITY);
      list.forEach((_, i) => {
        const value = values[i + 2]!;
        const nearest = Math.min(...Array.from(codebook, (entry) => Math.abs(entry - value)));
        expect(Math.abs(back[i + 2]! - value)).toBe(nearest);
      });
    }),
    { numRuns: 30 },
  );
});
