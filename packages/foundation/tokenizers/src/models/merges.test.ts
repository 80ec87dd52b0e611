import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenList } from '../token-list.ts';
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

/** What remains of symbols, the nth of which stands at n, and where each of it is. */
function applied(merges: Merges, symbols: Iterable<number>, dropout?: Parameters<Merges['apply']>[2]) {
  const [spelled, tokens] = [new TokenList(), new TokenList()];
  for (const symbol of symbols) spelled.push(symbol, spelled.length, spelled.length + 1);
  merges.apply(spelled, tokens, dropout);
  const { length } = tokens;
  return {
    ids: [...tokens.toIds()],
    bounds: [0, ...tokens.ends.subarray(0, length)],
    starts: [...tokens.starts.subarray(0, length)],
  };
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
      const { ids, starts, bounds } = applied(new Merges(list, stretch), symbols);
      expect(ids).toEqual(mergedByHand(symbols, list));
      // Each begins where the one before it ends.
      expect([...starts, symbols.length]).toEqual(bounds);
    }),
    { numRuns: 400 },
  );
});

test('merges as training finds them, on pieces with runs of one symbol: the definition', () => {
  /** Of symbols 0 to 3 and what earlier merges made. */
  const trained = fc
    .array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 14 })
    .map((list) =>
      list.map(([a, b], rank) => ({ left: a % (4 + rank), right: b % (4 + rank), merged: 4 + rank })),
    );
  const symbol = fc.nat(3);
  const run = fc
    .tuple(symbol, fc.integer({ min: 1, max: 60 }))
    .map(([repeated, times]) => Array<number>(times).fill(repeated));
  const piece = fc.array(fc.oneof(fc.array(symbol, { maxLength: 60 }), run), { minLength: 2, maxLength: 6 });
  fc.assert(
    fc.property(trained, piece, fc.constantFrom(8, 24, 100), (list, parts, stretch) => {
      const symbols = parts.flat();
      expect(applied(new Merges(list, stretch), symbols).ids).toEqual(mergedByHand(symbols, list));
    }),
    { numRuns: 600 },
  );
});

test.each([499, 500])('a chain of %i symbols that only its end decides', (length) => {
  // Each pair is more urgent than the one before it, so that the last two merge first, then the two before them.
  const list = Array.from({ length: length - 1 }, (_, rank) => {
    const left = length - 2 - rank;
    return { left, right: left + 1, merged: length + left };
  });
  const { ids } = applied(new Merges(list, 16), Array(length).keys());
  const pairs = Array.from({ length: Math.floor(length / 2) }, (_, i) => length + (length % 2) + 2 * i);
  expect(ids).toEqual(length % 2 ? [0, ...pairs] : pairs);
});

test('dropout: the definition, with the same draws', () => {
  /** Again and again the most urgent pair that is not left out; a merge puts those left out back. */
  const byHand = (symbols: readonly number[], list: readonly Merge[], isOut: () => boolean): number[] => {
    const now = [...symbols];
    for (;;) {
      const pairs = now
        .slice(1)
        .map((right, at) => ({
          at,
          rank: list.map((merge) => merge.left === now[at] && merge.right === right).lastIndexOf(true),
        }))
        .filter(({ rank }) => rank >= 0)
        .sort((a, b) => a.rank - b.rank || a.at - b.at);
      const kept = pairs.find(() => !isOut());
      if (!kept) return now;
      now.splice(kept.at, 2, list[kept.rank]!.merged);
    }
  };
  // Every merge makes a token of its own, as in training.
  const some = fc.nat(12);
  const grown = fc.array(fc.record({ left: some, right: some }), { maxLength: 12 }).map((list) =>
    list.map(({ left, right }, rank) => ({
      left: left % (6 + rank),
      right: right % (6 + rank),
      merged: 6 + rank,
    })),
  );
  const pieces = fc.array(id, { minLength: 2, maxLength: 60 });
  fc.assert(
    fc.property(
      grown,
      pieces,
      fc.double({ min: 0.05, max: 0.95, noNaN: true }),
      fc.nat(),
      (list, symbols, rate, seed) => {
        const randomOf = (start: number) => {
          let state = start + 1;
          return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
        };
        const draw = randomOf(seed);
        const expected = byHand(symbols, list, () => draw() < rate);
        const dropout = { rate, random: randomOf(seed) };
        expect(applied(new Merges(list), symbols, dropout).ids).toEqual(expected);
      },
    ),
    { numRuns: 300 },
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
    return applied(merges, new Int32Array(1000), { rate, random }).ids.length;
  };
  expect(left(0)).toBe(250); // 1000 → 500 pairs → 250 pairs of pairs
  expect(left(1)).toBe(1000);
  expect(left(0.5)).toBeGreaterThan(250);
  expect(left(0.5)).toBeLessThan(1000);
});
