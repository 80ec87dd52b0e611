import { describe, expect, test } from 'vitest';
import {
  TokenizerJsonError,
  tokenizerFromJson,
  trainCharacterTokenizer,
  trainWordTokenizer,
} from './index.ts';

const text = 'the cat\nsat on __proto__ 😀 0 1 constructor\n';
const words = await trainWordTokenizer(text);
const characters = await trainCharacterTokenizer(text);

/** A word tokenizer's file with something changed. */
// biome-ignore lint/suspicious/noExplicitAny: a file to be spoilt in any way
function changed(change: (file: any) => void): unknown {
  const file = JSON.parse(JSON.stringify(words));
  change(file);
  return file;
}

describe('tokenizerFromJson', () => {
  test.each([
    ['characters', characters],
    ['words', words],
  ])('%s come back from their file', (_, tokenizer) => {
    const read = tokenizerFromJson(JSON.stringify(tokenizer));
    expect(read.constructor).toBe(tokenizer.constructor);
    expect(read.vocabulary.tokens).toEqual(tokenizer.vocabulary.tokens);
    expect([...read.encode(text)]).toEqual([...tokenizer.encode(text)]);
    expect(JSON.stringify(read)).toBe(JSON.stringify(tokenizer));
  });

  test.each([
    ['not JSON', '{"model":', /my.json: not JSON/],
    ['a list', [], /my.json: the file is \[\], expected an object/],
    ['null', 'null', /the file is null/],
    ['another object', {}, /my.json: model is missing, expected an object with a `type`/],
    ['an inherited stage', Object.create({ model: { type: 'WordLevel' } }), /model is missing/],
    [
      'another model',
      changed((file) => (file.model.type = 'BPE')),
      /model.type is "BPE", expected "WordLevel"/,
    ],
    [
      'a normalizer',
      changed((file) => (file.normalizer = { type: 'NFC' })),
      /normalizer is {"type":"NFC"}, expected null/,
    ],
    [
      'a post-processor',
      changed((file) => (file.post_processor = { type: 'X' })),
      /post_processor is {"type":"X"}/,
    ],
    [
      'another pre-tokenizer',
      changed((file) => (file.pre_tokenizer = { type: 'ByteLevel' })),
      /pre_tokenizer is {"type":"ByteLevel"}, expected {"type":"Split"/,
    ],
    [
      'another pattern',
      changed((file) => (file.pre_tokenizer.pattern.Regex = '(a+)+$')),
      /pre_tokenizer is .*\(a\+\)\+\$/,
    ],
    [
      'another decoder',
      changed((file) => (file.decoder = null)),
      /decoder is null, expected {"type":"Sequence"/,
    ],
    [
      'no vocabulary',
      changed((file) => (file.model.vocab = ['a'])),
      /model.vocab is \["a"\], expected an object/,
    ],
    [
      'another unknown token',
      changed((file) => (file.model.unk_token = '[UNK]')),
      /model.unk_token is "\[UNK\]", expected "<unk>"/,
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
    [
      'an id that is none',
      changed((file) => (file.model.vocab.cat = '7')),
      /model.vocab\["cat"\] is "7", expected an integer/,
    ],
    ['a negative id', changed((file) => (file.model.vocab.cat = -1)), /model.vocab\["cat"\] is -1/],
    [
      'a lone surrogate',
      changed((file) => {
        const id = file.model.vocab.cat;
        delete file.model.vocab.cat;
        file.model.vocab['\uD800'] = id;
      }),
      /lone surrogates/,
    ],
    [
      'no start token',
      changed((file) => {
        const id = file.model.vocab['<s>'];
        delete file.model.vocab['<s>'];
        file.model.vocab.s = id;
      }),
      /model.vocab\["<s>"\] is missing/,
    ],
    [
      'a word with a space',
      changed((file) => {
        const id = file.model.vocab.cat;
        delete file.model.vocab.cat;
        file.model.vocab['c t'] = id;
      }),
      /my.json: model.vocab: .*"c t"/,
    ],
    [
      'an added token of its own',
      changed((file) => (file.added_tokens[0].id = 5)),
      /added_tokens\[0\] is {"id":5/,
    ],
    [
      'no added tokens',
      changed((file) => delete file.added_tokens),
      /added_tokens is missing, expected a list/,
    ],
    [
      'an added token that is null',
      changed((file) => (file.added_tokens[1] = null)),
      /added_tokens\[1\] is null/,
    ],
    ['deep nesting', `{"model": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, /model is (a list|\[\[)/],
  ])('%s is an error that names the place', (_, json, message) => {
    expect(() => tokenizerFromJson(json, 'my.json')).toThrow(message);
  });

  test('the error is one to catch by class', () => {
    expect(() => tokenizerFromJson(3)).toThrow(TokenizerJsonError);
    expect(() => tokenizerFromJson('{')).toThrow(TokenizerJsonError);
  });
});
