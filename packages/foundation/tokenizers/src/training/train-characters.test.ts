import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildVocabulary, type Tokenizer, tokenizerFromJson, trainCharacterTokenizer } from '../index.ts';

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

/** A tokenizer of these characters, as a file has it. */
async function tokenizerOf(characters: readonly string[]): Promise<Tokenizer> {
  const file = (await trainCharacterTokenizer('x')).toJSON();
  const tokens = ['<unk>', '<s>', ...characters];
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  return tokenizerFromJson({ ...file, model: { ...file.model, vocab } });
}

describe('a tokenizer of characters', async () => {
  const tokenizer = await tokenizerOf(['a', '😀', '\n', '\uFFFD']);

  test('one id per code point', () => {
    expect([...tokenizer.encode('a😀\na')]).toEqual([2, 3, 4, 2]);
  });

  test('what the vocabulary lacks is unknown, within the basic plane and beyond', () => {
    expect([...tokenizer.encode('b😁a')]).toEqual([0, 0, 2]);
  });

  test('a lone surrogate is U+FFFD', () => {
    expect([...tokenizer.encode('\uD83Da\uDE00\uD83D')]).toEqual([5, 2, 5, 5]);
  });

  test('a text that spells a special token gives its id, or its characters where that is wanted', async () => {
    const trained = await trainCharacterTokenizer('<s><unk>');
    expect([...trained.encode('<s><unk>')]).toEqual([trained.startId, trained.unknownId]);
    const ids = trained.encode('<s><unk>', { readSpecialTokens: false });
    expect(ids.length).toBe(8);
    expect(ids).not.toContain(trained.startId);
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

  test('round trip: any text comes back, with U+FFFD for lone surrogates', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, wellFormedText, async (mixed, wellFormed) => {
        const text = mixed + wellFormed;
        fc.pre(text !== '');
        const trained = await trainCharacterTokenizer(text);
        // The encoding standard's own replacement is the judge.
        expect(trained.decode(trained.encode(text, { readSpecialTokens: false }))).toBe(
          new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text)),
        );
        expect(trained.countUnknown(trained.encode(text, { readSpecialTokens: false }))).toBe(0);
      }),
    );
  });

  test('ids are those of a look-up of each code point', async () => {
    await fc.assert(
      fc.asyncProperty(wellFormedText, wellFormedText, async (known, text) => {
        const { tokens } = buildVocabulary(new Map([...known].map((character) => [character, 1])));
        const found = await tokenizerOf(tokens.slice(2));
        expect([...found.encode(text)]).toEqual(
          [...text].map((character) => found.vocabulary.idOf(character) ?? found.unknownId),
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
        expect(ids.map((id) => decoder.push(id)).join('') + decoder.end()).toBe(whole.decode(ids));
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
    await expect(trainCharacterTokenizer(['', ''])).rejects.toThrow(
      /trainCharacterTokenizer: the text has nothing to learn from/,
    );
  });
});
