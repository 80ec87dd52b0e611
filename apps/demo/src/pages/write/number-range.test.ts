import { expect, test } from 'vitest';
import { explainRefusal } from './number-range.ts';

const hiddenUnits = { min: 8, max: 1024, step: 8 };
const learningRate = { min: 0.0001, max: 0.1, step: 'any' } as const;

test.each([8, 9, 1024])('%s hidden units are taken', (value) => {
  expect(explainRefusal(value, hiddenUnits)).toBeUndefined();
});

// NaN is what an empty field holds.
test.each([7, 5000, -1, 7.5, Number.NaN])('%s hidden units are refused with what is allowed', (value) => {
  expect(explainRefusal(value, hiddenUnits)).toBe('8 to 1,024');
});

test('half a unit is refused for what it is', () => {
  expect(explainRefusal(12.5, hiddenUnits)).toBe('whole numbers only');
});

test('with any step a fraction is taken, and a small limit is written out', () => {
  expect(explainRefusal(0.0001, learningRate)).toBeUndefined();
  expect(explainRefusal(0.05, learningRate)).toBeUndefined();
  expect(explainRefusal(0, learningRate)).toBe('0.0001 to 0.1');
  expect(explainRefusal(1, learningRate)).toBe('0.0001 to 0.1');
});
