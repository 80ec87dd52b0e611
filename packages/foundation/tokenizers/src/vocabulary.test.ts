import { describe, expect, test } from 'vitest';
import { buildVocabulary, Vocabulary } from './index.ts';

const counts = new Map([
  ['\u{10000}', 3],
  ['\uE000', 3],
  ['b', 3],
  ['a', 3],
  ['rare', 1],
  ['common', 9],
]);

describe('buildVocabulary', () => {
  test('orders by frequency, then code point, whatever the order of counting', () => {
    const expected = ['<unk>', '<s>', 'common', 'a', 'b', '\uE000', '\u{10000}', 'rare'];
    expect(buildVocabulary(counts).tokens).toEqual(expected);
    expect(buildVocabulary(new Map([...counts].reverse())).tokens).toEqual(expected);
  });

  test('a token sorts before the longer ones it begins', () => {
    const { tokens } = buildVocabulary(new Map(['abc', 'a', 'ab', ''].map((token) => [token, 1])));
    expect(tokens.slice(2)).toEqual(['', 'a', 'ab', 'abc']);
  });

  test('leaves out the rare, and no more than asked', () => {
    expect(buildVocabulary(counts, { minFrequency: 3 }).tokens).not.toContain('rare');
    expect(buildVocabulary(counts, { minFrequency: 4 }).tokens).toEqual(['<unk>', '<s>', 'common']);
    expect(buildVocabulary(counts, { maxSize: 4 }).tokens).toEqual(['<unk>', '<s>', 'common', 'a']);
  });

  test('special tokens of other names come first too', () => {
    expect(buildVocabulary(counts, { specialTokens: ['[UNK]'], maxSize: 2 }).tokens).toEqual([
      '[UNK]',
      'common',
    ]);
  });

  test('counts of special tokens make no second one', () => {
    expect(buildVocabulary(new Map([['<s>', 7], ['<unk>', 5]])).tokens).toEqual(['<unk>', '<s>']); // biome-ignore format: short
  });

  test.each([0, 1.5, Number.NaN])('minFrequency %s is an error', (minFrequency) => {
    expect(() => buildVocabulary(counts, { minFrequency })).toThrow(
      /`minFrequency` is .*expected an integer/,
    );
  });

  test.each([2, 3.5, Number.NaN])('maxSize %s is an error', (maxSize) => {
    expect(() => buildVocabulary(counts, { maxSize })).toThrow(/`maxSize` is .*expected an integer above 2/);
  });
});

describe('Vocabulary', () => {
  const vocabulary = new Vocabulary(['x', '<s>', '__proto__', '<unk>']);

  test('maps tokens to ids and back', () => {
    expect(vocabulary.size).toBe(4);
    expect(vocabulary.idOf('__proto__')).toBe(2);
    expect(vocabulary.idOf('constructor')).toBeUndefined();
    expect(vocabulary.tokenOf(0)).toBe('x');
  });

  test.each([-1, 4, 0.5, Number.NaN])('id %s is an error', (id) => {
    expect(() => vocabulary.tokenOf(id)).toThrow(/no token with id .*from 0 to 3/);
  });

  test('a token twice is an error', () => {
    expect(() => new Vocabulary(['<unk>', '<s>', 'x', 'x'])).toThrow(/"x" has the ids 2 and 3/);
  });
});
