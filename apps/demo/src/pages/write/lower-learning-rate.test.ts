import { expect, test } from 'vitest';
import { lowerLearningRate } from './lower-learning-rate.ts';

test.each([
  [0.1, 0.033], // 0.0333…
  [0.005, 0.0017], // 0.00166…
  [0.0002, 0.0001], // 0.000066… is below the bound
  [0.0001, undefined],
])('%d is followed by %d', (rate, lower) => {
  expect(lowerLearningRate(rate)).toBe(lower);
});
