import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng, type RngState, restoreRng } from './rng.ts';

/** sfc32 once more, in BigInt, straight from its definition: a + b + counter; b ^ b >> 9; c + (c << 3); rot(c, 21) + sum. */
function sfc32(state: RngState, count: number): number[] {
  const mask = 0xffffffffn;
  let [a, b, c, counter] = state.map(BigInt) as [bigint, bigint, bigint, bigint];
  return Array.from({ length: count }, () => {
    const sum = (a + b + counter) & mask;
    counter = (counter + 1n) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = ((((c << 21n) | (c >> 11n)) & mask) + sum) & mask;
    return Number(sum);
  });
}

test('draws what the definition of sfc32 gives', () => {
  const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
  fc.assert(
    fc.property(fc.tuple(word, word, word, word), (state) => {
      const rng = restoreRng(state);
      expect(Array.from({ length: 20 }, () => rng.uint32())).toEqual(sfc32(state, 20));
    }),
  );
});

test('continues from a saved state, through JSON', () => {
  const rng = createRng('a seed');
  for (let i = 0; i < 5; i++) rng.normal();
  const copy = restoreRng(JSON.parse(JSON.stringify(rng.state())));
  expect(Array.from({ length: 10 }, () => copy.uniform())).toEqual(
    Array.from({ length: 10 }, () => rng.uniform()),
  );
});

test('different seeds, and the parts of a split, give different numbers', () => {
  const firsts = [createRng(0), createRng(1), createRng(-1), createRng('0'), createRng(0).split()];
  expect(new Set(firsts.map((rng) => rng.uint32())).size).toBe(firsts.length);
});

test('what a split generator draws does not move its parent', () => {
  const [one, two] = [createRng(3), createRng(3)];
  const child = one.split();
  two.split();
  for (let i = 0; i < 100; i++) child.uint32();
  expect(one.uint32()).toBe(two.uint32());
});

test('uniform numbers fill [0, 1) evenly', () => {
  const rng = createRng(4);
  const bins = new Array(10).fill(0);
  for (let i = 0; i < 20_000; i++) bins[Math.floor(rng.uniform() * 10)]++;
  // χ² with 9 degrees of freedom: beyond 33.7 once in 10,000 seeds
  const chiSquare = bins.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
  expect(chiSquare).toBeLessThan(33.7);
});

test('normal numbers have mean 0, variance 1 and light tails', () => {
  const rng = createRng(5);
  const draws = Array.from({ length: 20_000 }, () => rng.normal());
  const moment = (power: number) => draws.reduce((sum, x) => sum + x ** power, 0) / draws.length;
  expect(Math.abs(moment(1))).toBeLessThan(0.03); // 4 standard errors of 1/√20,000
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.04);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.3);
});

test('integers are even and in range', () => {
  const rng = createRng(6);
  const counts = new Array(3).fill(0);
  for (let i = 0; i < 9000; i++) counts[rng.integer(3)]++;
  for (const count of counts) expect(Math.abs(count - 3000)).toBeLessThan(200);
});

test.each([1.5, Number.NaN, 2 ** 60])('refuses the seed %s', (seed) => {
  expect(() => createRng(seed)).toThrow('`seed`');
});

test.each([[[1, 2, 3]], [[1, 2, 3, -4]], [[1, 2, 3, 0.5]], ['x']])('refuses the state %j', (state) => {
  expect(() => restoreRng(state as unknown as RngState)).toThrow('`state`');
});
