import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Tokenizer,
  trainBpeTokenizer,
  trainCharacterTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
  trainWordTokenizer,
} from './index.ts';

const known =
  'the cat ## sat\non  the\r\nmat, é😀 <> s\u0085\u00A0\uFEFFconstructor __proto__ 10 1 \t\u2028\uFFFD';

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...known.split(/(?<= )/), '\n', '\r\n', 'dog', '😁', '\u1680', '<s>', 'the cat sat'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join(''));

// Of a WordLevel model, their JavaScript port reads the unknown token from tokenizer_config.json alone.
function load(tokenizer: Tokenizer): HuggingFaceTokenizer {
  return new HuggingFaceTokenizer(JSON.parse(JSON.stringify(tokenizer)), {
    unk_token: '<unk>',
    clean_up_tokenization_spaces: false,
  });
}

/** Their port takes unknown tokens of a unigram model together across pieces. */
const together = (ids: readonly number[]) => ids.filter((id, i) => id !== 0 || ids[i - 1] !== 0);

test.each([
  ['characters', await trainCharacterTokenizer(known)],
  ['words', await trainWordTokenizer(known)],
  ['byte-level BPE', await trainBpeTokenizer(known.repeat(3), { vocabularySize: 300 })],
  ['BPE of characters', await trainBpeTokenizer(known.repeat(3), { vocabularySize: 80, level: 'character' })],
  ['WordPiece', await trainWordPieceTokenizer(known.repeat(3), { vocabularySize: 90 })],
  ['unigram', await trainUnigramTokenizer(known.repeat(3), { vocabularySize: 60 })],
])('%s: our file gives the same ids and text in @huggingface/tokenizers', (name, ours) => {
  const theirs = load(ours);
  fc.assert(
    fc.property(texts, (any) => {
      // Where BERT's pre-tokenizer asks for white space, their port asks JavaScript, which has another idea of these.
      const text = name === 'WordPiece' ? any.replace(/[\uFEFF\x85]/g, '') : any;
      const ids = [...ours.encode(text)];
      const same = name === 'unigram' ? together : (list: readonly number[]) => list;
      expect(same(theirs.encode(text).ids)).toEqual(same(ids));
      if (ids.length > 0) expect(theirs.decode(ids)).toBe(ours.decode(ids, { skipSpecialTokens: false }));
    }),
    { numRuns: 500 },
  );
});
