import { expect, test } from 'vitest';
import { integers, probe, uniform } from './numbers.mjs';

test('the numbers are those that pytorch.py draws', () => {
  // By its `scattered`, on whole numbers of Python.
  const expected = [-0.18319895770400763, 0.0678315432742238, 0.4701211699284613];
  uniform('inputs', 3, 0.5).forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 7);
  });
  expect([...integers('tokens', 5, 100)]).toEqual([46, 20, 49, 45, 81]);
});

test('they are spread evenly in ±bound, and differ by name', () => {
  const values = uniform('any', 10_000, 2);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + value * value, 0) / values.length;
  expect(Math.abs(mean)).toBeLessThan(0.05); // standard error 2/√3/100 ≈ 0.012
  expect(Math.abs(square - 4 / 3)).toBeLessThan(0.05); // bound² / 3
  expect(uniform('other', 4, 2)).not.toEqual(values.slice(0, 4));
});

test('a probe has the first number, the last and some between', () => {
  const values = Array.from({ length: 1000 }, (_, i) => i);
  const some = probe(values);
  expect(some).toHaveLength(48);
  expect([some[0], some.at(-1)]).toEqual([0, 999]);
});
