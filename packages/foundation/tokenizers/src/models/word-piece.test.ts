import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenList } from '../token-list.ts';
import { WordPiece } from './word-piece.ts';

/** From left to right the longest token that fits; else the whole word is unknown. */
function byHand(tokens: readonly string[], word: string): string[] {
  const found: string[] = [];
  for (let start = 0; start < word.length; ) {
    let end = word.length;
    const spelled = () => (start > 0 ? '##' : '') + word.slice(start, end);
    while (end > start && !tokens.includes(spelled())) end--;
    if (end === start) return ['[UNK]'];
    found.push(spelled());
    start = end;
  }
  return found;
}

test('the longest token first, from left to right', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '#'), minLength: 1, maxLength: 3 });
  const token = fc.tuple(fc.boolean(), part).map(([inner, text]) => (inner ? `##${text}` : text));
  fc.assert(
    fc.property(
      fc.uniqueArray(token, { maxLength: 14 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'c', '#'), minLength: 1, maxLength: 9 }),
      (list, word) => {
        const tokens = ['[UNK]', ...list];
        const found = new TokenList();
        new WordPiece({ tokens }).tokenize(word, found);
        expect([...found.toIds()].map((id) => tokens[id])).toEqual(byHand(tokens, word));
      },
    ),
    { numRuns: 500 },
  );
});

test('words longer than the limit are unknown, counted in characters', () => {
  const model = new WordPiece({ tokens: ['[UNK]', '😀', '##😀'], maxCharacters: 3 });
  const ids = (word: string) => {
    const found = new TokenList();
    model.tokenize(word, found);
    return [...found.toIds()];
  };
  expect(ids('😀😀😀')).toEqual([1, 2, 2]);
  expect(ids('😀😀😀😀')).toEqual([0]);
});

test('no text spells a special token', () => {
  const model = new WordPiece({
    tokens: ['[UNK]', '<s>', '<', '##s', '##>', 'a', '##<s>'],
    specialTokens: ['[UNK]', '<s>'],
  });
  const ids = (word: string) => {
    const found = new TokenList();
    model.tokenize(word, found);
    return [...found.toIds()];
  };
  expect(ids('<s>')).toEqual([2, 3, 4]);
  expect(ids('a<s>')).toEqual([5, 6]);
});

test('without the unknown token there is no model', () => {
  expect(() => new WordPiece({ tokens: ['a'] })).toThrow(/unknown token "\[UNK\]" is not among the tokens/);
});
