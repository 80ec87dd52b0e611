import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, spread } from './statistics.mjs';

test('the median of an odd and of an even number of values', () => {
  expect(median([9, 1, 4])).toBe(4);
  expect(median([9, 1, 4, 6])).toBe(5); // (4 + 6) / 2
  expect(() => median([])).toThrow('there are no values');
});

test('half of the values lie on either side of the median, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e9, max: 1e9 }), { minLength: 1 }), (values) => {
      const middle = median(values);
      const half = values.length / 2;
      expect(values.filter((value) => value <= middle).length).toBeGreaterThanOrEqual(half);
      expect(values.filter((value) => value >= middle).length).toBeGreaterThanOrEqual(half);
      expect(median([...values].reverse())).toBe(middle);
    }),
  );
});

test('the spread is half the range beside the median', () => {
  expect(spread([8, 10, 14])).toBeCloseTo(0.3); // (14 − 8) / 2 / 10
  expect(spread([5])).toBe(0);
});
