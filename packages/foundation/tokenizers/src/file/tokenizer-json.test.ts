import { describe, expect, test } from 'vitest';
import {
  type Tokenizer,
  TokenizerJsonError,
  tokenizerFromJson,
  trainBpeTokenizer,
  trainCharacterTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
  trainWordTokenizer,
} from '../index.ts';

const text = 'the cat\nsat on __proto__ 😀 0 1 constructor\n';
const words = await trainWordTokenizer(text);
const characters = await trainCharacterTokenizer(text);

const bytes = await trainBpeTokenizer(text, { vocabularySize: 270 });

/** A word tokenizer's file with something changed. */
// biome-ignore lint/suspicious/noExplicitAny: a file to be spoilt in any way
function changed(change: (file: any) => void, tokenizer: Tokenizer = words): unknown {
  const file = JSON.parse(JSON.stringify(tokenizer));
  change(file);
  return file;
}

describe('tokenizerFromJson', async () => {
  test.each([
    ['characters', characters],
    ['words', words],
    ['bytes', bytes],
    ['BPE of characters', await trainBpeTokenizer(text, { vocabularySize: 40, level: 'character' })],
    ['WordPiece', await trainWordPieceTokenizer(text, { vocabularySize: 60 })],
    ['unigram', await trainUnigramTokenizer(text, { vocabularySize: 40 })],
  ])('%s come back from their file', (_, tokenizer) => {
    const read = tokenizerFromJson(JSON.stringify(tokenizer));
    expect(read.vocabulary.tokens).toEqual(tokenizer.vocabulary.tokens);
    expect([...read.encode(text)]).toEqual([...tokenizer.encode(text)]);
    expect(JSON.stringify(read)).toBe(JSON.stringify(tokenizer));
  });

  test.each([
    ['not JSON', '{"model":', /my.json: not JSON/],
    ['a list', [], /my.json: the file is \[\], expected an object/],
    ['null', 'null', /the file is null/],
    ['a number', 3, /the file is 3/],
    ['another object', {}, /my.json: model is missing, expected an object with a `type`/],
    ['an inherited stage', Object.create({ model: { type: 'WordLevel' } }), /model is missing/],
    [
      'another model',
      changed((file) => (file.model.type = 'Neural')),
      /model.type is "Neural", expected a model of these: BPE, WordPiece, WordLevel, Unigram/,
    ],
    [
      'an inherited model',
      changed((file) => (file.model.type = 'constructor')),
      /model.type is "constructor"/,
    ],
    [
      'another normalizer',
      changed((file) => (file.normalizer = { type: 'Rot13' })),
      /normalizer.type is "Rot13", expected a normalizer of these: NFC/,
    ],
    [
      'another post-processor',
      changed((file) => (file.post_processor = { type: 'X' })),
      /post_processor.type is "X"/,
    ],
    [
      'another pre-tokenizer in a sequence',
      changed(
        (file) =>
          (file.pre_tokenizer = { type: 'Sequence', pretokenizers: [{ type: 'Digits' }, { type: 'X' }] }),
      ),
      /pre_tokenizer.pretokenizers\[1\].type is "X"/,
    ],
    [
      'another decoder',
      changed((file) => (file.decoder = { type: 'X' })),
      /decoder.type is "X", expected a decoder of these: ByteLevel/,
    ],
    [
      'a pattern that is none',
      changed((file) => (file.pre_tokenizer.pattern.Regex = '(a+')),
      /my.json: pre_tokenizer: pattern "\(a\+", character 1: this "\(" is not closed/,
    ],
    [
      'no pattern',
      changed((file) => (file.pre_tokenizer.pattern = {})),
      /pre_tokenizer.pattern is {}, expected {"String": …} or {"Regex": …}/,
    ],
    [
      'no behaviour',
      changed((file) => (file.pre_tokenizer.behavior = 'Lost')),
      /pre_tokenizer.behavior is "Lost", expected "Removed"/,
    ],
    [
      'a damaged table',
      changed((file) => (file.normalizer = { type: 'Precompiled', precompiled_charsmap: '////fw==' })),
      /my.json: normalizer: precompiled: the table of 4 bytes says/,
    ],
    [
      'a table that is not Base64',
      changed((file) => (file.normalizer = { type: 'Precompiled', precompiled_charsmap: '*' })),
      /not Base64/,
    ],
    [
      'no vocabulary',
      changed((file) => (file.model.vocab = ['a'])),
      /model.vocab is \["a"\], expected an object/,
    ],
    [
      'duplicate ids',
      changed((file) => (file.model.vocab.cat = file.model.vocab.the)),
      /model.vocab\["(the|cat)"\] is \d+, expected an id of its own; "(the|cat)" has it too/,
    ],
    [
      'a hole',
      changed((file) => (file.model.vocab.cat = 99)),
      /model.vocab\["cat"\] is 99, expected ids 0 to 11 for 12 tokens; no token has the id/,
    ],
    ['a small hole', changed((file) => delete file.model.vocab.cat), /no token has the id/],
    [
      'an id that is none',
      changed((file) => (file.model.vocab.cat = '7')),
      /model.vocab\["cat"\] is "7", expected an integer/,
    ],
    ['a negative id', changed((file) => (file.model.vocab.cat = -1)), /model.vocab\["cat"\] is -1/],
    [
      'a huge id',
      changed((file) => (file.model.vocab.cat = 2 ** 40)),
      /model.vocab\["cat"\] is 1099511627776/,
    ],
    [
      'an added token with the id of another',
      changed((file) => (file.added_tokens[0].id = 5)),
      /my.json: Tokenizer: the added token "<unk>" has the id 5, which is that of/,
    ],
    [
      'an added token beyond a hole',
      changed((file) => file.added_tokens.push({ id: 13, content: 'x' })),
      /no token has the id 12/,
    ],
    [
      'an added token without an id',
      changed((file) => delete file.added_tokens[0].id),
      /added_tokens\[0\].id is missing/,
    ],
    [
      'an added token that is null',
      changed((file) => (file.added_tokens[1] = null)),
      /added_tokens\[1\] is null/,
    ],
    [
      'added tokens that are no list',
      changed((file) => (file.added_tokens = {})),
      /added_tokens is {}, expected a list/,
    ],
    [
      'a merge of a missing token',
      changed((file) => file.model.merges.push('Ġ qqq'), bytes),
      /my.json: model: Bpe: merge \d+ \("Ġ" \+ "qqq"\) needs the token "qqq", which is missing/,
    ],
    [
      'a merge into a missing token',
      changed((file) => file.model.merges.push(['q', 'q']), bytes),
      /needs the token "qq", which is missing/,
    ],
    [
      'a merge of three',
      changed((file) => (file.model.merges[0] = 'a b c'), bytes),
      /model.merges\[0\] is "a b c", expected two tokens/,
    ],
    [
      'a merge that is a number',
      changed((file) => (file.model.merges[0] = 7), bytes),
      /model.merges\[0\] is 7/,
    ],
    [
      'an unknown token that is missing',
      changed((file) => (file.model.unk_token = '?!'), bytes),
      /unknown token "\?!" is not among the tokens/,
    ],
    [
      'a template with a strange token',
      changed(
        (file) =>
          (file.post_processor = {
            type: 'TemplateProcessing',
            single: [{ SpecialToken: { id: 'X', type_id: 0 } }],
            pair: [],
            special_tokens: {},
          }),
      ),
      /post_processor.special_tokens.X is missing/,
    ],
    [
      'a template without the text',
      changed(
        (file) =>
          (file.post_processor = { type: 'TemplateProcessing', single: [], pair: [], special_tokens: {} }),
      ),
      /single template has the texts ""/,
    ],
    [
      'truncation to nothing known',
      changed((file) => (file.truncation = { max_length: 'long' })),
      /truncation.max_length is "long", expected an integer/,
    ],
    [
      'padding of another kind',
      changed((file) => (file.padding = { strategy: 'Some' })),
      /padding.strategy is "Some"/,
    ],
    ['deep nesting', `{"model": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /model is (a list|\[\[)/],
    [
      'deep sequences',
      `{"model": {"type":"BPE","vocab":{},"merges":[]}, "normalizer": ${'{"type":"Sequence","normalizers":['.repeat(20_000)}${']}'.repeat(20_000)}}`,
      /^my.json: normalizer.normalizers\[0\].{0,60}…: components are nested too deep/,
    ],
    [
      'a unigram model without probabilities',
      { model: { type: 'Unigram', vocab: [['a', 'b']] } },
      /model.vocab\[0\] is \["a","b"\], expected a token and its log probability/,
    ],
    [
      'a token of a thousand letters',
      { model: { type: 'Unigram', vocab: [['a'.repeat(1000), -1]] } },
      /The token "a+"… has 1000 code units, expected 500 at most/,
    ],
    [
      'an unknown id beyond',
      { model: { type: 'Unigram', vocab: [['a', -1]], unk_id: 1 } },
      /model.unk_id is 1, expected an id below 1/,
    ],
    ['a lone surrogate', changed((file) => (file.model.vocab['\uD800'] = 12)), /lone surrogates/],
  ])('%s is an error that names the place', (_, json, message) => {
    expect(() => tokenizerFromJson(json, 'my.json')).toThrow(message);
    expect(() => tokenizerFromJson(json, 'my.json')).toThrow(TokenizerJsonError);
  });

  test('added tokens may stand in the holes that a vocabulary leaves', () => {
    const file = {
      added_tokens: [{ id: 1, content: '<pad>', special: true }],
      model: { type: 'WordLevel', vocab: { a: 0, b: 2 }, unk_token: 'a' },
    };
    expect(tokenizerFromJson(file).vocabulary.tokens).toEqual(['a', '<pad>', 'b']);
  });

  test('a hostile pattern in a file costs an error, not an hour', () => {
    const hostile = changed((file) => (file.pre_tokenizer.pattern.Regex = '(x+x+)+y'));
    const tokenizer = tokenizerFromJson(hostile);
    expect(() => tokenizer.encode('x'.repeat(100_000))).toThrow(/reads the text again and again/);
  });
});
