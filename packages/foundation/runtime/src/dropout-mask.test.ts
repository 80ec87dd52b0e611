import '@ostinato/test-kit';
import { beforeAll, expect, test } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';
import { createRng } from './rng.ts';
import { startRuntime } from './start-runtime.ts';

beforeAll(() => startRuntime());

test('zeroes the share it was told to, and keeps the mean', () => {
  const values = [...dropoutMask(createRng(1), [100, 200], 0.25).dataSync()];
  expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  // 20,000 draws: the share has a standard error of √(0.25 · 0.75 / 20,000) = 0.003
  expect(Math.abs(values.filter((value) => value === 0).length / values.length - 0.25)).toBeLessThan(0.013);
});

test('the ends: nothing dropped, everything dropped, nothing else', () => {
  expect(dropoutMask(createRng(1), [4], 0)).toBeAllClose([1, 1, 1, 1]);
  expect(dropoutMask(createRng(1), [4], 1)).toBeAllClose([0, 0, 0, 0]);
  expect(() => dropoutMask(createRng(1), [4], 1.1)).toThrow('`rate` is 1.1');
});
