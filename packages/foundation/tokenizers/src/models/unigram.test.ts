import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenList } from '../token-list.ts';
import type { Sampling } from './model.ts';
import { Unigram } from './unigram.ts';

type Way = { ids: number[]; logProb: number };

/** Every way to cut a piece, characters that no token spells included; SentencePiece's penalty for these. */
function allWays(pieces: readonly (readonly [string, number])[], piece: string): Way[] {
  const unknown = Math.min(0, ...pieces.slice(1).map(([, logProb]) => logProb)) - 10;
  const follow = (at: number): Way[] => {
    if (at === piece.length) return [{ ids: [], logProb: 0 }];
    const arcs = pieces.flatMap(([token, logProb], id) =>
      id > 0 && piece.startsWith(token, at) ? [{ id, logProb, end: at + token.length }] : [],
    );
    if (!arcs.some(({ end }) => end === at + 1)) arcs.push({ id: 0, logProb: unknown, end: at + 1 });
    return arcs.flatMap(({ id, logProb, end }) =>
      follow(end).map((rest) => ({ ids: [id, ...rest.ids], logProb: logProb + rest.logProb })),
    );
  };
  return follow(0).sort((a, b) => b.logProb - a.logProb);
}

function tokens(model: Unigram, piece: string, sampling?: Sampling): number[] {
  const found = new TokenList();
  model.tokenize(piece, found, sampling);
  return [...found.toIds()];
}

const vocabulary = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 3 }), {
    maxLength: 10,
  })
  .chain((words) =>
    fc
      .array(fc.double({ min: -9, max: -0.1, noNaN: true }), {
        minLength: words.length,
        maxLength: words.length,
      })
      .map(
        (logProbs) => [['<unk>', 0], ...words.map((word, i) => [word, logProbs[i]])] as [string, number][],
      ),
  );
const piece = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 7 });

describe('Unigram', () => {
  test('the likeliest of all segmentations, and the n likeliest', () => {
    fc.assert(
      fc.property(vocabulary, piece, fc.integer({ min: 1, max: 6 }), (pieces, text, n) => {
        const model = new Unigram({ pieces, unknownId: 0 });
        const all = allWays(pieces, text);
        const best = model.nBest(text, n);
        expect(best.length).toBe(Math.min(n, all.length));
        best.forEach(({ logProb, ids }, i) => {
          expect(logProb).toBeCloseTo(all[i]!.logProb, 9);
          expect(
            all.some((way) => way.ids.join() === ids.join() && Math.abs(way.logProb - logProb) < 1e-9),
          ).toBe(true);
        });
        expect(new Set(best.map(({ ids }) => ids.join())).size).toBe(best.length);
        // Encoding makes one token of unknown characters in a row.
        const fused = all
          .filter(({ logProb }) => Math.abs(logProb - all[0]!.logProb) < 1e-9)
          .map(({ ids }) => ids.filter((id, i) => id !== 0 || ids[i - 1] !== 0));
        expect(fused).toContainEqual(tokens(model, text));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [1, undefined],
    [0.5, undefined],
    [1, 2],
  ])('samples in proportion to p^%s (n-best: %s)', (alpha, nBest) => {
    const pieces: [string, number][] = [
      ['<unk>', 0],
      ['a', -1],
      ['b', -1.5],
      ['ab', -2],
      ['aba', -3],
      ['ba', -2.2],
    ];
    const model = new Unigram({ pieces, unknownId: 0 });
    const ways = allWays(pieces, 'aba').slice(0, nBest);
    const weights = ways.map(({ logProb }) => Math.exp(alpha * logProb));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let seed = 7;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const seen = new Map<string, number>();
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const key = tokens(model, 'aba', { random, alpha, ...(nBest && { nBest }) }).join();
      seen.set(key, (seen.get(key) ?? 0) + 1);
    }
    expect(seen.size).toBe(ways.length);
    // Within five standard deviations of a share.
    ways.forEach(({ ids }, i) => {
      const share = weights[i]! / total;
      const deviation = Math.sqrt((share * (1 - share)) / draws);
      expect(Math.abs((seen.get(ids.join()) ?? 0) / draws - share)).toBeLessThan(5 * deviation);
    });
  });

  test('many ways that are nearly alike cost no more than others', () => {
    // 2⁹⁹ ways, all of −33.3 but for rounding.
    const model = new Unigram({
      pieces: [
        ['<unk>', 0],
        ['a', -0.333],
        ['aa', -0.666],
      ],
      unknownId: 0,
    });
    const best = model.nBest('a'.repeat(100), 20);
    expect(new Set(best.map(({ ids }) => ids.join())).size).toBe(20);
    for (const { logProb } of best) expect(logProb).toBeCloseTo(-33.3, 9);
  });

  test('what no token spells becomes bytes, where there are such tokens', () => {
    const bytes = Array.from({ length: 256 }, (_, byte): [string, number] => [
      `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
      -5,
    ]);
    const model = new Unigram({
      pieces: [['<unk>', 0], ['a', -1], ...bytes],
      unknownId: 0,
      byteFallback: true,
    });
    // é is C3 A9 in UTF-8; bytes begin at id 2.
    expect(tokens(model, 'aé')).toEqual([1, 2 + 0xc3, 2 + 0xa9]);
    expect(tokens(model, '<0xC3>').length).toBe(6); // a text does not spell a byte
  });

  test('a log probability that is none is an error, and so is what cannot be spelled', () => {
    expect(() => new Unigram({ pieces: [['a', Number.NaN]] })).toThrow(/of "a" \(id 0\) is NaN/);
    expect(() => tokens(new Unigram({ pieces: [['a', -1]] }), 'b')).toThrow(
      /"b" is no token, and there is no unknown/,
    );
  });
});
