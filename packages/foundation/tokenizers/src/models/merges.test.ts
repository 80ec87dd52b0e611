import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Merge, Merges } from './merges.ts';

/** The definition: the pair of the lowest rank, the leftmost of equal ones, again and again. */
function mergedByHand(symbols: readonly number[], merges: readonly Merge[]): number[] {
  const now = [...symbols];
  for (;;) {
    let best = { rank: Number.POSITIVE_INFINITY, at: -1 };
    for (let at = 0; at + 1 < now.length; at++) {
      // The last of several merges of one pair counts.
      const rank = merges
        .map(({ left, right }) => left === now[at] && right === now[at + 1])
        .lastIndexOf(true);
      if (rank >= 0 && rank < best.rank) best = { rank, at };
    }
    if (best.at < 0) return now;
    now.splice(best.at, 2, merges[best.rank]!.merged);
  }
}

const id = fc.nat(5);
const merges = fc.array(fc.record({ left: id, right: id, merged: fc.nat(7) }), { maxLength: 12 });

test.each([
  ['short pieces, one by one', 0, 20, undefined],
  ['long pieces, by a heap', 41, 120, undefined],
  ['longer pieces, in stretches', 41, 250, 24],
  ['stretches of which some have no seam', 41, 250, 8],
])('%s: the definition, whatever the merges', (_, minLength, maxLength, stretch) => {
  fc.assert(
    fc.property(merges, fc.array(id, { minLength, maxLength }), (list, symbols) => {
      const ids = Int32Array.from(symbols);
      const starts = Int32Array.from(symbols.keys());
      const length = new Merges(list, stretch).apply(ids, starts, symbols.length);
      expect([...ids.subarray(0, length)]).toEqual(mergedByHand(symbols, list));
      const places = [...starts.subarray(0, length)];
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    }),
    { numRuns: 400 },
  );
});

test.each([499, 500])('a chain of %i symbols that only its end decides', (length) => {
  // Each pair is more urgent than the one before it, so that the last two merge first, then the two before them.
  const list = Array.from({ length: length - 1 }, (_, rank) => {
    const left = length - 2 - rank;
    return { left, right: left + 1, merged: length + left };
  });
  const symbols = Int32Array.from({ length }, (_, i) => i);
  const kept = new Merges(list, 16).apply(symbols, symbols.slice(), length);
  const pairs = Array.from({ length: Math.floor(length / 2) }, (_, i) => length + (length % 2) + 2 * i);
  expect([...symbols.subarray(0, kept)]).toEqual(length % 2 ? [0, ...pairs] : pairs);
});

test('dropout: none at rate 0, no merge at rate 1, between the two fewer', () => {
  const merges = new Merges([
    { left: 0, right: 0, merged: 1 },
    { left: 1, right: 1, merged: 2 },
  ]);
  const left = (rate: number) => {
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    return merges.apply(
      new Int32Array(1000),
      Int32Array.from({ length: 1000 }, (_, i) => i),
      1000,
      { rate, random },
    );
  };
  expect(left(0)).toBe(250); // 1000 → 500 pairs → 250 pairs of pairs
  expect(left(1)).toBe(1000);
  expect(left(0.5)).toBeGreaterThan(250);
  expect(left(0.5)).toBeLessThan(1000);
});
