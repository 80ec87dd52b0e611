import { expect, test } from 'vitest';
import { Pace } from './pace.ts';

test('quick work is done at its interval', () => {
  const pace = new Pace({ first: 2000, every: 1000 }, 0);
  expect(pace.isDue(1999)).toBe(false);
  expect(pace.isDue(2000)).toBe(true);
  pace.done(2000, 2010);
  expect(pace.isDue(3009)).toBe(false);
  expect(pace.isDue(3010)).toBe(true);
});

test('slow work is done less often, so that it takes no more than its share', () => {
  const pace = new Pace({ first: 0, every: 1000, share: 0.1 }, 0);
  pace.done(0, 500); // 500 of 5000
  expect(pace.isDue(4999)).toBe(false);
  expect(pace.isDue(5000)).toBe(true);
});
