import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Tokenizer, tokenizerFromJson, trainWordTokenizer } from '../index.ts';

const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\n',
        ' ',
        '\r\n',
        '\t',
        '\u0085',
        '\u3000',
        '\uFEFF',
        'the',
        'é',
        '😀',
        '\uD83D',
        '\uDE00',
        '<s>',
        '<unk>',
        '__proto__',
      ),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    ),
  )
  .map((parts) => parts.join(''));
const cuts = fc.array(fc.nat(4));

function cut(text: string, lengths: readonly number[]): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (const length of lengths) chunks.push(text.slice(start, (start += length)));
  return [...chunks, text.slice(start)];
}

/** White_Space as the Unicode Character Database (PropList.txt) lists it. */
const whiteSpaces = [
  ...[0x9, 0xa, 0xb, 0xc, 0xd, 0x20, 0x85, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000],
  ...Array.from({ length: 11 }, (_, i) => 0x2000 + i),
];

/** The definition, character by character. */
function wordsByHand(text: string): string[] {
  const pieces: string[] = [];
  let word = '';
  for (const character of `${text} `) {
    if (!whiteSpaces.includes(character.codePointAt(0)!)) {
      word += character;
      continue;
    }
    if (word !== '') pieces.push(word);
    if (character === '\n') pieces.push('\n');
    word = '';
  }
  return pieces;
}

function wellFormed(text: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}

/** A tokenizer of these words, as a file has it. */
async function tokenizerOf(words: readonly string[]): Promise<Tokenizer> {
  const file = (await trainWordTokenizer('x')).toJSON();
  const vocab = Object.fromEntries(['<unk>', '<s>', ...words].map((token, id) => [token, id]));
  return tokenizerFromJson({ ...file, model: { ...file.model, vocab } });
}

const asText = { readSpecialTokens: false };

describe('a tokenizer of words', async () => {
  const tokenizer = await tokenizerOf(['the', '\n', 'cat']);

  test('words and line ends; other white space only separates', () => {
    expect([...tokenizer.encode('  the\tcat\r\n\nthe\u00A0\u3000dog')]).toEqual([2, 4, 3, 3, 2, 0]);
  });

  test('decoding joins by spaces, none around a line end', () => {
    expect(tokenizer.decode([1, 2, 4, 3, 3, 2, 0])).toBe('the cat\n\nthe <unk>');
  });

  test('a word that spells a special token is unknown where it is not read as one', () => {
    expect([...tokenizer.encode('<s> <unk> the', asText)]).toEqual([0, 0, 2]);
    expect([...tokenizer.encode('<s> <unk> the')]).toEqual([1, 0, 2]);
  });

  test('ids are those of words cut by hand, on texts longer than a slice too', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.constantFrom(0, 65_530, 65_536, 131_071), async (some, padding) => {
        const text = `${'x'.repeat(padding)}${some}y z`;
        const trained = await trainWordTokenizer('the é 😀 y __proto__ \n\uFFFD');
        const { vocabulary } = trained;
        const expected = wordsByHand(wellFormed(text)).map((word) =>
          word === '<s>' ? trained.unknownId : (vocabulary.idOf(word) ?? trained.unknownId),
        );
        expect([...trained.encode(text, asText)]).toEqual(expected);
      }),
    );
  });

  test('round trip: the words and line ends of the text, joined', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (some) => {
        const text = some.replaceAll('<s>', '<S>');
        const words = wordsByHand(wellFormed(text));
        fc.pre(words.length > 0);
        const trained = await trainWordTokenizer(text);
        const decoded = trained.decode(trained.encode(text, asText));
        expect(decoded).toBe(words.join(' ').replace(/ ?\n ?/g, '\n'));
        // A text in this form comes back as it was.
        expect(trained.decode(trained.encode(decoded, asText))).toBe(decoded);
      }),
    );
  });

  test('chunks change nothing: training, encoding, decoding', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, anyText, cuts, async (some, text, lengths) => {
        const known = `${some}the`;
        const whole = await trainWordTokenizer(known);
        const inChunks = await trainWordTokenizer(cut(known, lengths));
        expect(inChunks.vocabulary.tokens).toEqual(whole.vocabulary.tokens);

        const ids: number[] = [];
        for await (const arrived of whole.encodeStream(cut(text, lengths))) ids.push(...arrived);
        expect(ids).toEqual([...whole.encode(text)]);

        const decoder = whole.streamDecoder();
        expect(ids.map((id) => decoder.push(id)).join('') + decoder.end()).toBe(whole.decode(ids));
      }),
    );
  });
});

describe('trainWordTokenizer', () => {
  test('most frequent first, within its options', async () => {
    const text = 'b a a\nb c a';
    expect((await trainWordTokenizer(text)).vocabulary.tokens).toEqual(['<unk>', '<s>', 'a', 'b', '\n', 'c']);
    const { vocabulary } = await trainWordTokenizer(text, { minFrequency: 2, maxSize: 3 });
    expect(vocabulary.tokens).toEqual(['<unk>', '<s>', 'a']);
  });

  test('a text without words is an error', async () => {
    await expect(trainWordTokenizer([' ', '\t'])).rejects.toThrow(
      /trainWordTokenizer: the text has nothing to learn from/,
    );
  });
});
