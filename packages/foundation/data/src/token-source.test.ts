import { describe, expect, test } from 'vitest';
import { memoryTokens, sliceTokens } from './index.ts';

const tokens = memoryTokens(Int32Array.of(5, 6, 7, 8, 9));

describe('memoryTokens, sliceTokens', () => {
  test('read any range', async () => {
    expect(await tokens.read(1, 3)).toEqual(Int32Array.of(6, 7));
    expect(await tokens.read(5, 5)).toEqual(new Int32Array(0));
    const middle = sliceTokens(tokens, 1, 4);
    expect(middle.length).toBe(3);
    expect(await middle.read(0, 3)).toEqual(Int32Array.of(6, 7, 8));
    expect(await sliceTokens(middle, 2).read(0, 1)).toEqual(Int32Array.of(8));
  });

  test.each([
    [-1, 2],
    [2, 1],
    [0, 6],
    [0.5, 1],
    [0, Number.NaN],
  ])('range %s to %s is an error', (start, end) => {
    expect(() => tokens.read(start, end)).toThrow(/0 ≤ start ≤ end ≤ 5/);
    expect(() => sliceTokens(tokens, start, end)).toThrow(/sliceTokens: range/);
  });

  test('a slice does not reach beyond itself', () => {
    expect(() => sliceTokens(tokens, 1, 3).read(0, 3)).toThrow(/≤ 2/);
  });
});
