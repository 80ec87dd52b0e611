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
  ['short pieces, one by one', 0, 20],
  ['long pieces, by a heap', 41, 120],
])('%s: the definition, whatever the merges', (_, minLength, maxLength) => {
  fc.assert(
    fc.property(merges, fc.array(id, { minLength, maxLength }), (list, symbols) => {
      const ids = Int32Array.from(symbols);
      const starts = Int32Array.from(symbols.keys());
      const length = new Merges(list).apply(ids, starts, symbols.length);
      expect([...ids.subarray(0, length)]).toEqual(mergedByHand(symbols, list));
      const places = [...starts.subarray(0, length)];
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    }),
    { numRuns: 400 },
  );
});

/** As training finds them: of symbols 0 to 3 and what earlier merges made, each making a new token, or one that there is. */
const trained = fc
  .array(fc.tuple(fc.nat(), fc.nat(), fc.integer({ min: 0, max: 9 })), { maxLength: 14 })
  .map((drawn) => {
    const merges: Merge[] = [];
    let next = 4;
    for (const [left, right, again] of drawn) {
      const merged = again === 0 && next > 4 ? 4 + (left % (next - 4)) : next++;
      merges.push({ left: left % merged, right: right % merged, merged });
    }
    return merges;
  });

test('long pieces, merges in the order of training: the definition, wherever a piece is cut', () => {
  const symbol = fc.oneof({ weight: 20, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(8) });
  const run = fc
    .tuple(symbol, fc.integer({ min: 1, max: 60 }))
    .map(([id, times]) => Array<number>(times).fill(id));
  const piece = fc.array(fc.oneof(fc.array(symbol, { maxLength: 60 }), run), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(trained, piece, (list, parts) => {
      const symbols = parts.flat();
      const ids = Int32Array.from(symbols);
      const starts = Int32Array.from(symbols.keys());
      const merges = new Merges(list);
      for (let again = 0; again < 2; again++) {
        ids.set(symbols);
        starts.set([...symbols.keys()]);
        const length = merges.apply(ids, starts, symbols.length);
        expect([...ids.subarray(0, length)]).toEqual(mergedByHand(symbols, list));
        const places = [...starts.subarray(0, length)];
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
      }
    }),
    { numRuns: 1000 },
  );
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
