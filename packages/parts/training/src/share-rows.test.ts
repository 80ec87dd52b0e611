import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareRows } from './share-rows.ts';

test('two members with 32 rows each: an eighth and a quarter of them are left to whoever is free', () => {
  expect(shareRows(64, 2)).toEqual([28, 24, 8, 4]); // 28 + 4 = 24 + 8
  expect(shareRows(32, 2)).toEqual([16, 12, 4]); // 16 = 12 + 4: a quarter is not small enough against the rest
  expect(shareRows(5, 2)).toEqual([3, 2]);
  expect(shareRows(64, 1)).toEqual([64]);
  expect(shareRows(2, 3)).toEqual([1, 1]);
  expect(shareRows(256, 2)).toEqual([112, 96, 32, 16]);
});

test('the shares are all rows, the largest first, and members of one speed end together', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 9 }), (rows, members) => {
      const shares = shareRows(rows, members);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(rows);
      expect(shares).toEqual([...shares].sort((a, b) => b - a));
      expect(Math.min(...shares)).toBeGreaterThan(0);
      expect(shares.length).toBeLessThanOrEqual(2 * members);
      const taken = new Array(members).fill(0);
      for (const share of shares) taken[taken.indexOf(Math.min(...taken))] += share;
      expect(Math.max(...taken)).toBe(Math.ceil(rows / members));
    }),
  );
});
