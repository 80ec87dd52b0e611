import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bitsPerCharacter, perplexity } from './index.ts';

const size = fc.integer({ min: 1, max: 100_000 });

describe('perplexity', () => {
  test('a uniform model over V tokens has perplexity V', () => {
    fc.assert(
      fc.property(size, size, (vocabularySize, tokens) => {
        const value = perplexity({ totalNats: tokens * Math.log(vocabularySize), tokens });
        expect(value / vocabularySize).toBeCloseTo(1, 9);
      }),
    );
  });

  test('one token of probability 1/2 and one of 1/8 have the geometric mean, 1/4', () => {
    expect(perplexity({ totalNats: Math.log(2) + Math.log(8), tokens: 2 })).toBeCloseTo(4, 12);
  });

  test('a certain text has perplexity 1, an impossible one ∞', () => {
    expect(perplexity({ totalNats: 0, tokens: 3 })).toBe(1);
    expect(perplexity({ totalNats: Number.POSITIVE_INFINITY, tokens: 3 })).toBe(Number.POSITIVE_INFINITY);
  });

  test('says what is wrong', () => {
    expect(() => perplexity({ totalNats: Number.NaN, tokens: 3 })).toThrow(/perplexity: `totalNats` is NaN/);
    expect(() => perplexity({ totalNats: -1, tokens: 3 })).toThrow(
      /`totalNats` is -1, expected a number ≥ 0/,
    );
    expect(() => perplexity({ totalNats: 1, tokens: 0 })).toThrow(
      /`tokens` is 0, expected a positive integer/,
    );
    expect(() => perplexity({ totalNats: 1, tokens: 1.5 })).toThrow(/`tokens` is 1.5/);
  });
});

describe('bitsPerCharacter', () => {
  test('a coin flip for each character costs one bit', () => {
    expect(bitsPerCharacter({ totalNats: 10 * Math.log(2), characters: 10 })).toBeCloseTo(1, 12);
  });

  test('two words of 8 bits over 4 characters are 4 bits each', () => {
    expect(bitsPerCharacter({ totalNats: 2 * Math.log(256), characters: 4 })).toBeCloseTo(4, 12);
  });

  test('over characters as tokens it is log2 of the perplexity', () => {
    fc.assert(
      fc.property(size, fc.double({ min: 0, max: 10, noNaN: true }), (count, nats) => {
        const totalNats = count * nats;
        expect(bitsPerCharacter({ totalNats, characters: count })).toBeCloseTo(
          Math.log2(perplexity({ totalNats, tokens: count })),
          9,
        );
      }),
    );
  });

  test('says what is wrong', () => {
    expect(() => bitsPerCharacter({ totalNats: -0.5, characters: 3 })).toThrow(
      /bitsPerCharacter: `totalNats` is -0.5/,
    );
    expect(() => bitsPerCharacter({ totalNats: 1, characters: -2 })).toThrow(/`characters` is -2/);
  });
});
