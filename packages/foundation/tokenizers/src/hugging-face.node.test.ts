import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Tokenizer, trainCharacterTokenizer, trainWordTokenizer } from './index.ts';

const known =
  'the cat ## sat\non  the\r\nmat, é😀 <> s\u0085\u00A0\uFEFFconstructor __proto__ 10 1 \t\u2028\uFFFD';

/** Texts that spell no special token: there Hugging Face gives the special id, we do not. */
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...known.split(/(?<= )/), '\n', '\r\n', 'dog', '😁', '\u1680'),
      fc.string({ unit: 'binary' }),
    ),
  )
  .map((parts) => parts.join('').replace(/<(unk|s)>/g, ''));

// Of a WordLevel model, their JavaScript port reads the unknown token from tokenizer_config.json alone.
function load(tokenizer: Tokenizer): HuggingFaceTokenizer {
  return new HuggingFaceTokenizer(JSON.parse(JSON.stringify(tokenizer)), {
    unk_token: '<unk>',
    clean_up_tokenization_spaces: false,
  });
}

test.each([
  ['characters', await trainCharacterTokenizer(known)],
  ['words', await trainWordTokenizer(known)],
])('%s: our file gives the same ids and text in @huggingface/tokenizers', (_, ours) => {
  const theirs = load(ours);
  fc.assert(
    fc.property(texts, (text) => {
      const ids = [...ours.encode(text)];
      expect(theirs.encode(text).ids).toEqual(ids);
      if (ids.length > 0) expect(theirs.decode(ids)).toBe(ours.decode(ids));
    }),
    { numRuns: 500 },
  );
});

test('the special tokens are special there too', async () => {
  const theirs = load(await trainWordTokenizer(known));
  expect(theirs.decode(theirs.encode('the <s> cat').ids, { skip_special_tokens: true })).toBe('the cat');
});
