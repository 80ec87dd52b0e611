import { expect, test } from 'vitest';
import { disagreement } from './agreement.mjs';

test('numbers within a ten-thousandth of the greatest agree', () => {
  expect(disagreement({ loss: [100, 1] }, { loss: [100.009, 0.995] })).toBeUndefined();
  expect(disagreement({ loss: [0.5] }, { loss: [0.50009] })).toBeUndefined(); // small ones, within 1e-4
});

test('others do not, and the message says which and how', () => {
  expect(disagreement({ a: [1], loss: [2, 3] }, { a: [1], loss: [2, 3.1] })).toBe(
    'its loss are other numbers: 3.1 where 3 was expected',
  );
  expect(disagreement({ loss: [1] }, { loss: [Number.NaN] })).toContain('NaN where 1');
  expect(disagreement({ loss: [1] }, { loss: [1, 2] })).toBeDefined();
});

test('nothing in common is no agreement', () => {
  expect(disagreement({ loss: [1] }, { outputs: [1] })).toBeDefined();
});
