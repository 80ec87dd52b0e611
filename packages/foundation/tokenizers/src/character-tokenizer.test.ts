import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildVocabulary, CharacterTokenizer, trainCharacterTokenizer, Vocabulary } from './index.ts';

/** Strings of any code units: surrogates alone and in pairs, white space, controls. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom('\n', ' ', 'é', '😀', '\uD83D', '\uDE00', '<s>'),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    ),
  )
  .map((parts) => parts.join(''));
const wellFormedText = fc.string({ unit: 'binary' });

function cut(text: string, lengths: readonly number[]): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (const length of lengths) chunks.push(text.slice(start, (start += length)));
  return [...chunks, text.slice(start)];
}

const cuts = fc.array(fc.nat(4));

describe('CharacterTokenizer', () => {
  const tokenizer = new CharacterTokenizer(new Vocabulary(['<unk>', '<s>', 'a', '😀', '\n', '\uFFFD']));

  test('one id per code point', () => {
    expect([...tokenizer.encode('a😀\na')]).toEqual([2, 3, 4, 2]);
  });

  test('what the vocabulary lacks is unknown, within the basic plane and beyond', () => {
    expect([...tokenizer.encode('b😁a')]).toEqual([0, 0, 2]);
  });

  test('a lone surrogate is U+FFFD', () => {
    expect([...tokenizer.encode('\uD83Da\uDE00\uD83D')]).toEqual([5, 2, 5, 5]);
  });

  test('a text that spells a special token gives its characters', async () => {
    const trained = await trainCharacterTokenizer('<s><unk>');
    const ids = trained.encode('<s><unk>');
    expect(ids.length).toBe(8);
    expect(ids).not.toContain(trained.vocabulary.startId);
    expect(trained.decode(ids)).toBe('<s><unk>');
  });

  test('the start token has no text, the unknown one is shown', () => {
    expect(tokenizer.decode([1, 2, 0, 3])).toBe('a<unk>😀');
  });

  test('an id outside the vocabulary is an error', () => {
    expect(() => tokenizer.decode([2, 6])).toThrow(/no token with id 6/);
  });

  test('the empty text has no tokens', async () => {
    expect(tokenizer.encode('')).toEqual(new Int32Array(0));
    expect(tokenizer.decode([])).toBe('');
    for await (const _ of tokenizer.encodeStream(['', ''])) expect.unreachable();
  });

  test('a vocabulary of longer tokens is an error', () => {
    expect(() => new CharacterTokenizer(new Vocabulary(['<unk>', '<s>', 'ab']))).toThrow(
      /token "ab" \(id 2\) is not one character/,
    );
    expect(() => new CharacterTokenizer(new Vocabulary(['<unk>', '<s>', '']))).toThrow(/token "" \(id 2\)/);
    expect(() => new CharacterTokenizer(new Vocabulary(['<unk>', '<s>', '\uD800']))).toThrow(/\(id 2\)/);
  });

  test('round trip: any text comes back, with U+FFFD for lone surrogates', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, wellFormedText, async (mixed, wellFormed) => {
        const text = mixed + wellFormed;
        fc.pre(text !== '');
        const trained = await trainCharacterTokenizer(text);
        // The encoding standard's own replacement is the judge.
        expect(trained.decode(trained.encode(text))).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text)),
        );
        expect(trained.vocabulary.countUnknown(trained.encode(text))).toBe(0);
      }),
    );
  });

  test('ids are those of a look-up of each code point', () => {
    fc.assert(
      fc.property(wellFormedText, wellFormedText, (known, text) => {
        const counts = new Map([...known].map((character) => [character, 1]));
        const { vocabulary } = new CharacterTokenizer(buildVocabulary(counts));
        expect([...new CharacterTokenizer(vocabulary).encode(text)]).toEqual(
          [...text].map((character) => vocabulary.idOf(character) ?? vocabulary.unknownId),
        );
      }),
    );
  });

  test('chunks change nothing: training, encoding, decoding', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, cuts, async (known, text, lengths) => {
        fc.pre(known !== '');
        const whole = await trainCharacterTokenizer(known);
        const inChunks = await trainCharacterTokenizer(cut(known, lengths));
        expect(inChunks.vocabulary.tokens).toEqual(whole.vocabulary.tokens);

        const ids: number[] = [];
        for await (const some of whole.encodeStream(cut(text, lengths))) ids.push(...some);
        expect(ids).toEqual([...whole.encode(text)]);

        const decoder = whole.streamDecoder();
        expect(ids.map((id) => decoder.push(id)).join('')).toBe(whole.decode(ids));
      }),
    );
  });
});

describe('trainCharacterTokenizer', () => {
  test('takes a string, a list, an async stream', async () => {
    async function* stream() {
      yield 'ab';
      yield 'a';
    }
    for (const text of ['aba', ['a', 'ba'], stream()]) {
      expect((await trainCharacterTokenizer(text)).vocabulary.tokens).toEqual(['<unk>', '<s>', 'a', 'b']);
    }
  });

  test('passes its options on', async () => {
    const { vocabulary } = await trainCharacterTokenizer('aab', { minFrequency: 2 });
    expect(vocabulary.tokens).toEqual(['<unk>', '<s>', 'a']);
  });

  test('an empty text is an error', async () => {
    await expect(trainCharacterTokenizer(['', ''])).rejects.toThrow(/the text is empty/);
  });
});
