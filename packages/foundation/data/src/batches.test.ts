import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Batch,
  type BatchOptions,
  batches,
  DataError,
  padFrames,
  padTokens,
  type Random,
} from './index.ts';

const lengths = fc.array(fc.nat(30), { maxLength: 60 });
const shape = fc.oneof(
  fc.record({ batchSize: fc.integer({ min: 1, max: 12 }) }),
  fc.record({ tokenBudget: fc.integer({ min: 1, max: 120 }) }),
  fc.record({ batchSize: fc.integer({ min: 1, max: 12 }), tokenBudget: fc.integer({ min: 1, max: 120 }) }),
);
/** A generator that gives this number, once. */
const drawing = (number: number): Random => ({
  uniform: () => expect.unreachable(),
  integer(bound) {
    expect(bound).toBe(2 ** 32);
    const drawn = number;
    number = Number.NaN;
    expect(drawn).not.toBeNaN();
    return drawn;
  },
});
const seed = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const epoch = (lengths: number[], options: BatchOptions) => [...batches(lengths, options)];
const itemsOf = (epoch: Batch[]) => epoch.map(({ items }) => [...items]);

describe('batches', () => {
  test('every item once, whatever the budget; no batch beyond it', () => {
    fc.assert(
      fc.property(lengths, shape, fc.option(seed), (lengths, shape, seed) => {
        const all = epoch(lengths, { ...shape, random: seed === null ? undefined : drawing(seed) });
        const items = itemsOf(all).flat();
        expect(items.sort((a, b) => a - b)).toEqual(lengths.map((_, i) => i));
        all.forEach(({ items, longest, index, count }, i) => {
          const {
            batchSize = Number.POSITIVE_INFINITY,
            tokenBudget = Number.POSITIVE_INFINITY,
          }: BatchOptions = shape;
          expect(items.length).toBeGreaterThan(0);
          expect(items.length).toBeLessThanOrEqual(batchSize);
          expect(longest).toBe(Math.max(...[...items].map((item) => lengths[item]!)));
          if (items.length > 1) expect(items.length * longest).toBeLessThanOrEqual(tokenBudget);
          expect([index, count]).toEqual([i, all.length]);
        });
      }),
    );
  });

  test('continuing anywhere gives the same rest, and draws nothing', () => {
    fc.assert(
      fc.property(lengths, shape, fc.option(seed), fc.nat(), (lengths, shape, seed, some) => {
        const all = epoch(lengths, { ...shape, random: seed === null ? undefined : drawing(seed) });
        if (all.length === 0) return;
        const at = some % all.length;
        const cursor = JSON.parse(JSON.stringify(all[at]!.cursor));
        expect(epoch(lengths, { ...shape, cursor, random: drawing(Number.NaN) })).toEqual(all.slice(at + 1));
      }),
    );
  });

  test('without shuffling, items in their order', () => {
    expect(itemsOf(epoch([5, 1, 3, 2, 4], { batchSize: 2 }))).toEqual([[0, 1], [2, 3], [4]]);
    // By length: 1 2 | 3 4 would be 8 > 6 | 3 | 4 | 5, of a budget of 6: 2 × 2, 1 × 3, 1 × 4, 1 × 5.
    expect(itemsOf(epoch([5, 1, 3, 2, 4], { tokenBudget: 6 }))).toEqual([[1, 3], [2], [4], [0]]);
    expect(itemsOf(epoch([9, 1], { tokenBudget: 6 }))).toEqual([[1], [0]]);
  });

  test('shuffled orders are all equally likely', () => {
    // 3 items, batchSize 1: 6 orders, 6000 seeds, 1000 expected each, standard deviation 29.
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = itemsOf(epoch([1, 1, 1], { batchSize: 1, random: drawing(seed) })).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29);
  });

  test('with a budget, batches come in any order, and items of one length in any batch', () => {
    const lengths = Array.from({ length: 200 }, (_, i) => 1 + (i % 4));
    const first = epoch(lengths, { tokenBudget: 20, random: drawing(1) });
    const second = epoch(lengths, { tokenBudget: 20, random: drawing(2) });
    const longest = first.map(({ longest }) => longest);
    expect(longest).not.toEqual([...longest].sort((a, b) => a - b));
    expect(itemsOf(first)).not.toEqual(itemsOf(second));
    expect(itemsOf(first).map(String).sort()).not.toEqual(itemsOf(second).map(String).sort());
  });

  test('bucketing pads less than plain batches', () => {
    // Lengths 1 to 100 in turn: plain batches of ten consecutive ones from a shuffle pad about 45 %.
    const lengths = Array.from({ length: 1000 }, (_, i) => 1 + ((i * 37) % 100));
    const padding = (options: BatchOptions) => {
      const padded = epoch(lengths, options).reduce(
        (sum, { items, longest }) => sum + items.length * longest,
        0,
      );
      return 1 - lengths.reduce((a, b) => a + b) / padded;
    };
    expect(padding({ batchSize: 10, random: drawing(7) })).toBeGreaterThan(0.4);
    expect(padding({ tokenBudget: 500, random: drawing(7) })).toBeLessThan(0.02);
  });

  test('what cannot be', () => {
    const bare = batches as unknown as (lengths: number[]) => Iterable<unknown>;
    expect(() => [...bare([1, 2])]).toThrow(
      'batches: the options are undefined, expected { batchSize } or { tokenBudget }',
    );
    const cursor = epoch([1, 2, 3], { batchSize: 2 })[0]!.cursor;
    expect(() => epoch([1], {})).toThrow(/neither `batchSize` nor `tokenBudget`/);
    expect(() => epoch([1], { batchSize: 0 })).toThrow(/`batchSize` is 0/);
    expect(() => epoch([1], { tokenBudget: 1.5 })).toThrow(/`tokenBudget` is 1.5/);
    expect(() => epoch([1, -1], { batchSize: 1 })).toThrow(
      new DataError('batches: the length of item 1 is -1, expected a whole number, 0 or more.'),
    );
    expect(() => epoch([1, 2], { batchSize: 2, cursor })).toThrow(/saved with `items` 3, but here it is 2/);
    expect(() => epoch([1, 2, 4], { batchSize: 2, cursor })).toThrow(
      /saved with `tokens` 6, but here it is 7/,
    );
    expect(() => epoch([1, 2, 3], { batchSize: 3, cursor })).toThrow(
      /saved with `batchSize` 2, but here it is 3/,
    );
    expect(() => epoch([1, 2, 3], { batchSize: 2, cursor: { ...cursor, nextBatch: 3 } })).toThrow(
      /`nextBatch` is 3, expected 0 to 2/,
    );
    expect(() => epoch([1, 2, 3], { batchSize: 2, cursor: { ...cursor, seed: -1 } })).toThrow(/`seed` is -1/);
  });
});

describe('padding', () => {
  test('tokens, frames', () => {
    expect(padTokens([[5, 6, 7], [], Int32Array.of(8)], { padId: 1 })).toEqual({
      values: Int32Array.of(5, 6, 7, 1, 1, 1, 8, 1, 1),
      lengths: Int32Array.of(3, 0, 1),
      batchSize: 3,
      time: 3,
    });
    expect(
      padFrames(
        [
          [1, 2],
          [3, 4, 5, 6],
        ],
        { features: 2 },
      ),
    ).toEqual({
      values: Float32Array.of(1, 2, 0, 0, 3, 4, 5, 6),
      lengths: Int32Array.of(1, 2),
      batchSize: 2,
      time: 2,
      features: 2,
    });
    expect(padTokens([[]], { padId: 0 })).toMatchObject({ values: Int32Array.of(0), time: 1 });
  });

  test('what cannot be', () => {
    const bare = { padTokens, padFrames } as unknown as Record<string, (sequences: number[][]) => unknown>;
    expect(() => bare.padTokens!([[1]])).toThrow('padTokens: the options are undefined, expected { padId }');
    expect(() => bare.padFrames!([[1]])).toThrow(
      'padFrames: the options are undefined, expected { features }',
    );
    expect(() => padTokens([], { padId: 0 })).toThrow(/no sequences/);
    expect(() => padTokens([[1]], { padId: -1 })).toThrow(/`padId` is -1/);
    expect(() => padFrames([[1, 2, 3]], { features: 2 })).toThrow(
      /sequence 0 has 3 values, expected a multiple of `features`, 2/,
    );
    expect(() => padFrames([[1]], { features: 0 })).toThrow(/`features` is 0/);
  });
});
