import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankPairs } from './rank-pairs.ts';

test('numbers pairs in ascending order, equal pairs alike', () => {
  // (1, 0) (0, 2) (1, 0) (0, 1)  →  ascending: (0, 1) = 0, (0, 2) = 1, (1, 0) = 2; parent 2 has none
  const ranked = rankPairs(Int32Array.of(1, 0, 1, 0), Int32Array.of(0, 2, 0, 1), 3, 3);
  expect([...ranked.rank]).toEqual([2, 1, 2, 0]);
  expect([...ranked.first]).toEqual([0, 2, 3, 3]);
  expect([...ranked.token]).toEqual([1, 2, 0]);
});

test('agrees with sorting pairs of numbers', () => {
  const pairs = fc.array(fc.tuple(fc.nat(4), fc.nat(6)), { maxLength: 60 });
  fc.assert(
    fc.property(pairs, (list) => {
      const parent = Int32Array.from(list, ([p]) => p);
      const token = Int32Array.from(list, ([, t]) => t);
      const ranked = rankPairs(parent, token, 5, 7);
      const distinct = [...new Set(list.map(([p, t]) => 7 * p + t))].sort((a, b) => a - b);
      expect([...ranked.rank]).toEqual(list.map(([p, t]) => distinct.indexOf(7 * p + t)));
      expect([...ranked.token]).toEqual(distinct.map((key) => key % 7));
      expect([...ranked.first]).toEqual(
        [0, 1, 2, 3, 4, 5].map((p) => distinct.filter((key) => key < 7 * p).length),
      );
    }),
  );
});
