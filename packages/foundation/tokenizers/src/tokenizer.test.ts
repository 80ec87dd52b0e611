import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AlignedText,
  bertNormalizer,
  bertProcessing,
  byteLevelDecoder,
  byteLevelPreTokenizer,
  byteTokenizer,
  decoderSequence,
  lowercase,
  metaspacePreTokenizer,
  normalizerSequence,
  type PreTokenizer,
  replace,
  replaceDecoder,
  robertaProcessing,
  Tokenizer,
  templateProcessing,
  tokenizerFromJson,
  trainBpeTokenizer,
  trainCharacterTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
  trainWordTokenizer,
  Unigram,
  unicodeForm,
  WordLevel,
  whitespaceSplit,
} from './index.ts';

const text =
  "The little tokenizers tokenize little texts; they've 1,234 tokens, naïve café. 東京都、東京。 Слово за слово 😀😀\n".repeat(
    3,
  );

/** Strings of any code units: surrogates alone and in pairs, white space, controls, words of the text. */
const anyText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'the',
        ' little',
        '  ',
        '\n',
        '\r\n',
        'é',
        'e\u0301',
        '😀',
        '\uD83D',
        '\uDE00',
        '東京',
        '<s>',
        '12',
        "'ve",
        '\u00A0',
        'ﬁ',
      ),
      fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
  )
  .map((parts) => parts.join(''));

/** The encoding standard's own replacement of lone surrogates. */
function wellFormed(source: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(source));
}

function cut(source: string, lengths: readonly number[]): string[] {
  const chunks: string[] = [];
  let start = 0;
  for (const length of lengths) chunks.push(source.slice(start, (start += length)));
  return [...chunks, source.slice(start)];
}

const bytes = await trainBpeTokenizer(text, { vocabularySize: 300 });
const trained: [string, Tokenizer][] = [
  ['bytes', byteTokenizer()],
  ['byte-level BPE', bytes],
  ['BPE of characters', await trainBpeTokenizer(text, { vocabularySize: 90, level: 'character' })],
  ['WordPiece', await trainWordPieceTokenizer(text, { vocabularySize: 120, normalizer: bertNormalizer() })],
  ['unigram', await trainUnigramTokenizer(text, { vocabularySize: 90 })],
  [
    'unigram, NFKC',
    await trainUnigramTokenizer(text, {
      vocabularySize: 90,
      normalizer: unicodeForm('NFKC'),
      preTokenizer: metaspacePreTokenizer(),
    }),
  ],
  [
    'unigram, spaces joined',
    await trainUnigramTokenizer(text, {
      vocabularySize: 90,
      normalizer: replace({ Regex: ' {2,}' }, ' '),
      preTokenizer: metaspacePreTokenizer(),
    }),
  ],
  ['words', await trainWordTokenizer(text)],
  ['characters', await trainCharacterTokenizer(text)],
];

/** The same stages without any quicker road. */
function inStages({ stages }: Tokenizer): Tokenizer {
  const { cuts, preTokenize, toJSON } = stages.preTokenizer!;
  const plain: PreTokenizer = { cuts, preTokenize, toJSON };
  return new Tokenizer({ ...stages, preTokenizer: plain });
}

describe.each(trained)('%s', (_, tokenizer) => {
  test('tokens and places are those of the stages one by one', () => {
    const slow = inStages(tokenizer);
    fc.assert(
      fc.property(anyText, (source) => {
        const fast = tokenizer.tokenize(source);
        expect(fast).toEqual(slow.tokenize(source));
        expect(tokenizer.encode(source)).toEqual(fast.ids);
        // Again, from the cache.
        expect(tokenizer.encode(source)).toEqual(fast.ids);
      }),
      { numRuns: 200 },
    );
  });

  test('places go forward, and what they leave out is white space or was left out', () => {
    fc.assert(
      fc.property(anyText, (source) => {
        let before = 0;
        for (const [start, end] of tokenizer.tokenize(source).offsets) {
          expect(start).toBeGreaterThanOrEqual(before);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(source.length);
          before = start;
        }
      }),
      { numRuns: 200 },
    );
  });

  test('chunks change nothing, wherever the text is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyText,
        fc.array(fc.nat(5)),
        fc.boolean(),
        async (source, lengths, readSpecialTokens) => {
          const ids: number[] = [];
          for await (const some of tokenizer.encodeStream(cut(source, lengths), { readSpecialTokens }))
            ids.push(...some);
          const { ids: whole, offsets } = tokenizer.tokenize(source, {
            readSpecialTokens,
            addSpecialTokens: false,
          });
          expect(ids).toEqual([...whole]);
          const places: [number, number][] = [];
          let text = '';
          for await (const part of tokenizer.tokenizeStream(cut(source, lengths), { readSpecialTokens })) {
            part.ids.forEach((id, i) => {
              expect(id).toBe(whole[places.length]);
              places.push([text.length + part.starts[i]!, text.length + part.ends[i]!]);
            });
            text += part.text;
          }
          expect(text).toBe(source);
          expect(places).toEqual(offsets);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('decoding one by one gives what decoding at once gives, and no half character', () => {
    fc.assert(
      fc.property(anyText, (source) => {
        const ids = tokenizer.encode(source, { readSpecialTokens: false });
        const decoder = tokenizer.streamDecoder();
        const parts = Array.from(ids, (id) => decoder.push(id));
        parts.push(decoder.end());
        expect(parts.join('')).toBe(tokenizer.decode(ids));
        if (!wellFormed(source).includes('\uFFFD'))
          for (const part of parts) expect(part).not.toContain('\uFFFD');
        for (const part of parts) expect(wellFormed(part)).toBe(part);
      }),
      { numRuns: 200 },
    );
  });
});

describe('byte level', () => {
  test.each([
    ['bytes', byteTokenizer()],
    ['BPE', bytes],
  ] as const)('%s: every text comes back', (_, tokenizer) => {
    fc.assert(
      fc.property(anyText, (source) => {
        expect(tokenizer.decode(tokenizer.encode(source, { readSpecialTokens: false }))).toBe(
          wellFormed(source),
        );
      }),
      { numRuns: 1000 },
    );
  });

  test('bytes are the ids after the special tokens', () => {
    const utf8 = [...new TextEncoder().encode('é€😀')];
    expect([...byteTokenizer().encode('é€😀')]).toEqual(utf8.map((byte) => byte + 1));
  });

  test('each token slices back to its surface; the bytes of one character to that character', () => {
    const { offsets } = byteTokenizer([]).tokenize('a€😀');
    expect(offsets.map((place) => 'a€😀'.slice(...place))).toEqual([
      'a',
      '€',
      '€',
      '€',
      '😀',
      '😀',
      '😀',
      '😀',
    ]);
  });

  test('a long piece without a space costs no more than its length allows, and comes back', () => {
    for (const long of ['a'.repeat(200_000), '東京'.repeat(50_000)])
      expect(bytes.decode(bytes.encode(long))).toBe(long);
  });

  test('an invalid sequence of tokens is U+FFFD, as it comes', () => {
    const tokenizer = byteTokenizer([]);
    const decoder = tokenizer.streamDecoder();
    // € is E2 82 AC: the second begins before the first is whole.
    expect([0xe2, 0x82, 0xe2, 0x82, 0xac].map(decoder.push)).toEqual(['', '', '\uFFFD', '', '€']);
    expect(decoder.push(0xf0) + decoder.end()).toBe('\uFFFD');
  });
});

test('places are right through normalisation', () => {
  const tokenizer = new Tokenizer({
    normalizer: normalizerSequence([unicodeForm('NFKC'), lowercase()]),
    preTokenizer: metaspacePreTokenizer({ prependScheme: 'never' }),
    model: new WordLevel({ tokens: ['<unk>', 'fine', '▁café'], unknownToken: '<unk>' }),
  });
  const source = 'ﬁNE cafe\u0301 x';
  const { tokens, offsets } = tokenizer.tokenize(source);
  expect(tokens).toEqual(['fine', '▁café', '<unk>']);
  expect(offsets.map((place) => source.slice(...place))).toEqual(['ﬁNE', ' cafe\u0301', ' x']);
});

describe('added tokens', () => {
  const tokenizer = new Tokenizer({
    preTokenizer: byteLevelPreTokenizer(),
    normalizer: lowercase(),
    model: byteTokenizer([]).stages.model,
    decoder: byteLevelDecoder(),
    addedTokens: [
      { id: 256, content: '<a>', special: true },
      { id: 257, content: '<a><b>' },
      { id: 258, content: 'Word', singleWord: true, normalized: true },
      { id: 259, content: '[M]', lstrip: true, rstrip: true },
    ],
  });
  const added = (source: string, readSpecialTokens = true) => {
    const { ids, offsets } = tokenizer.tokenize(source, { readSpecialTokens });
    return [...ids].flatMap((id, i) => (id < 256 ? [] : [[id, source.slice(...offsets[i]!)]]));
  };
  test.each([
    [
      'the longest first',
      'x<a><b><a>',
      [
        [257, '<a><b>'],
        [256, '<a>'],
      ],
    ],
    [
      'single words alone, after the normalizer',
      'swordfish WORD, word words',
      [
        [258, 'WORD'],
        [258, 'word'],
      ],
    ],
    [
      'with the white space around',
      'x \n[M]  y[M]',
      [
        [259, ' \n[M]  '],
        [259, '[M]'],
      ],
    ],
    ['none', 'plain', []],
  ])('%s', (_, source, expected) => {
    expect(added(source)).toEqual(expected);
  });
  test('special ones are text where they are not to be read', () => {
    expect(added('<a> <a><b>', false)).toEqual([[257, '<a><b>']]);
  });
  test.each([
    ['BPE', trainBpeTokenizer, { vocabularySize: 300 }],
    ['BPE of characters', trainBpeTokenizer, { vocabularySize: 300, level: 'character' }],
    ['WordPiece', trainWordPieceTokenizer, { vocabularySize: 60, preTokenizer: whitespaceSplit() }],
  ] as [string, typeof trainBpeTokenizer, Parameters<typeof trainBpeTokenizer>[1]][])(
    'a text that spells special ones comes back where they are not to be read: %s',
    async (_, train, options) => {
      const trained = await train('PAD <s> PAD <s> PAD', {
        ...options,
        specialTokens: ['<unk>', 'PAD', '<s>'],
      });
      const file = trained.toJSON();
      const whole = { ...file, model: { ...file.model, ignore_merges: true } };
      for (const found of [trained, tokenizerFromJson(file), tokenizerFromJson(whole)]) {
        for (const word of ['PAD', '<s>']) {
          expect([...found.encode(word)].map((id) => found.isSpecial(id))).toEqual([true]);
          const ids = found.encode(word, { readSpecialTokens: false });
          expect([...ids].filter((id) => found.isSpecial(id))).toEqual([]);
          expect(found.decode(ids)).toBe(word);
        }
      }
    },
  );
  test('decode leaves special ones out, or keeps them', () => {
    expect(tokenizer.decode([256, 257])).toBe('<a><b>');
    expect(tokenizer.decode([256, 257], { skipSpecialTokens: false })).toBe('<a><a><b>');
    expect(() => tokenizer.decode([260])).toThrow(/no token with id 260/);
  });
});

describe('pairs, truncation, padding', () => {
  const words = ['[PAD]', '[CLS]', '[SEP]', 'a', 'b', 'c', 'd', 'e', 'f'];
  const base = {
    preTokenizer: metaspacePreTokenizer({ prependScheme: 'never', replacement: ' ' }),
    model: new WordLevel({ tokens: [...words, ' a', ' b', ' c', ' d', ' e', ' f'], unknownToken: '[PAD]' }),
    postProcessor: templateProcessing('[CLS] $A [SEP]', '[CLS] $A [SEP] $B:1 [SEP]:1', [
      { token: '[CLS]', id: 1 },
      { token: '[SEP]', id: 2 },
    ]),
    addedTokens: [0, 1, 2].map((id) => ({ id, content: words[id]!, special: true })),
  };
  const tokens = (list: readonly string[]) => list.map((token) => token.trim()).join(' ');

  test('a pair gets its template, type ids and places in its own text', () => {
    const found = new Tokenizer(base).tokenize('a b', { pair: 'c' });
    expect(tokens(found.tokens)).toBe('[CLS] a b [SEP] c [SEP]');
    expect([...found.typeIds]).toEqual([0, 0, 0, 0, 1, 1]);
    expect([...found.sequenceIds]).toEqual([-1, 0, 0, -1, 1, -1]);
    expect([...found.specialTokensMask]).toEqual([1, 0, 0, 1, 0, 1]);
    expect([...found.wordIds]).toEqual([-1, 0, 1, -1, 0, -1]);
    expect(found.offsets).toEqual([
      [0, 0],
      [0, 1],
      [1, 3],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(tokens(new Tokenizer(base).tokenize('a', { addSpecialTokens: false }).tokens)).toBe('a');
  });

  test.each([
    // As Hugging Face's tokenizers 0.23.2 have it.
    [
      'robertaProcessing',
      robertaProcessing({ token: '[SEP]', id: 2 }, { token: '[CLS]', id: 1 }),
      'a b c',
      [0, 0, 0],
    ],
    [
      'bertProcessing',
      bertProcessing({ token: '[SEP]', id: 2 }, { token: '[CLS]', id: 1 }),
      'a b c',
      [0, 0, 1],
    ],
    [
      'all of type 0',
      templateProcessing('$A', '$A [SEP] $B', [{ token: '[SEP]', id: 2 }]),
      'a b c',
      [0, 0, 0],
    ],
    [
      'B before A',
      templateProcessing('$A', '$B:1 [SEP] $A', [{ token: '[SEP]', id: 2 }]),
      'c a b',
      [1, 0, 0],
    ],
  ] as const)(
    'a pair without special tokens keeps its type ids: %s',
    (_, postProcessor, expected, typeIds) => {
      const found = new Tokenizer({ ...base, postProcessor }).tokenize('a b', {
        pair: 'c',
        addSpecialTokens: false,
      });
      expect(tokens(found.tokens)).toBe(expected);
      expect([...found.typeIds]).toEqual(typeIds);
    },
  );

  test('the second text may come first', () => {
    const postProcessor = templateProcessing('$A:2', '$B:1 [SEP] $A', [{ token: '[SEP]', id: 2 }]);
    const tokenizer = new Tokenizer({ ...base, postProcessor });
    const found = tokenizer.tokenize('a b', { pair: 'c' });
    expect(tokens(found.tokens)).toBe('c [SEP] a b');
    expect([...found.typeIds]).toEqual([1, 0, 0, 0]);
    expect([...found.sequenceIds]).toEqual([1, -1, 0, 0]);
    expect([...tokenizer.tokenize('a', { addSpecialTokens: false }).typeIds]).toEqual([2]);
    expect(() => templateProcessing('$A', '$B $B', [])).toThrow('has the texts "B B", expected each once');
  });

  test.each([
    // Room for 3 of 4 + 2: the longer one down to the length of the other, then both down to a half each.
    ['the longer first', { maxLength: 6 }, '[CLS] a b [SEP] e [SEP]'],
    ['only the first', { maxLength: 7, strategy: 'OnlyFirst' }, '[CLS] a b [SEP] e f [SEP]'],
    ['only the second', { maxLength: 8, strategy: 'OnlySecond' }, '[CLS] a b c d [SEP] e [SEP]'],
    [
      'from the left',
      { maxLength: 7, strategy: 'OnlyFirst', direction: 'Left' },
      '[CLS] c d [SEP] e f [SEP]',
    ],
  ] as const)('a pair is cut: %s', (_, truncation, expected) => {
    expect(tokens(new Tokenizer({ ...base, truncation }).tokenize('a b c d', { pair: 'e f' }).tokens)).toBe(
      expected,
    );
  });

  test('what is cut off comes in windows that share a stride', () => {
    const found = new Tokenizer({ ...base, truncation: { maxLength: 5, stride: 1 } }).tokenize('a b c d e f');
    expect([found, ...found.overflowing].map((window) => tokens(window.tokens))).toEqual([
      '[CLS] a b c [SEP]',
      '[CLS] c d e [SEP]',
      '[CLS] e f [SEP]',
    ]);
  });

  test.each([
    [{ maxLength: 1 }, /`maxLength` is 1, but there are 2 special tokens alone/],
    [{ maxLength: 4, stride: 2 }, /`stride` is 2, but a window has 2 tokens/],
  ])('no room is an error', (truncation, message) => {
    expect(() => new Tokenizer({ ...base, truncation }).tokenize('a b c')).toThrow(message);
  });

  test('a batch is padded to its longest, a length, a multiple; at either end', () => {
    const padding = { id: 0, token: '[PAD]', typeId: 3 };
    const batch = (more: object) =>
      new Tokenizer({ ...base, padding: { ...padding, ...more } }).tokenizeBatch(['a', ['a', 'b']]);
    const [short, long] = batch({});
    expect(tokens(short!.tokens)).toBe('[CLS] a [SEP] [PAD] [PAD]');
    expect([...short!.attentionMask]).toEqual([1, 1, 1, 0, 0]);
    expect([...short!.typeIds]).toEqual([0, 0, 0, 3, 3]);
    expect(tokens(long!.tokens)).toBe('[CLS] a [SEP] b [SEP]');
    expect(batch({ multipleOf: 4 }).map(({ ids }) => ids.length)).toEqual([8, 8]);
    expect(batch({ length: 6, direction: 'Left' }).map(({ tokens: list }) => tokens(list))).toEqual([
      '[PAD] [PAD] [PAD] [CLS] a [SEP]',
      '[PAD] [CLS] a [SEP] b [SEP]',
    ]);
  });
});

describe('nBest', () => {
  test('segmentations of whole texts, the likeliest first', () => {
    const pieces: [string, number][] = [
      ['<unk>', 0],
      ['▁a', -1],
      ['▁', -2],
      ['a', -0.5],
      ['b', -2],
      ['ab', -3],
      ['▁ab', -3.2],
    ];
    const tokenizer = new Tokenizer({
      preTokenizer: metaspacePreTokenizer(),
      model: new Unigram({ pieces, unknownId: 0 }),
    });
    const best = tokenizer.nBest('ab ab', 3);
    // One word: ▁a b −3, ▁ab −3.2, ▁ a b −4.5, ▁ ab −5. Two: −6, then −6.2 twice.
    expect(best.map(({ logProb }) => Number(logProb.toFixed(9)))).toEqual([-6, -6.2, -6.2]);
    expect(best[0]!.ids).toEqual([1, 4, 1, 4]);
  });

  test('needs a unigram model and a whole number', () => {
    expect(() => bytes.nBest('a', 1)).toThrow(/the model is BPE, expected a unigram model/);
    expect(() => trained[4]![1].nBest('a', 0)).toThrow(/`n` is 0/);
  });
});

test('sampling: every way to cut decodes to the text', () => {
  for (const [name, tokenizer] of [trained[1]!, trained[4]!]) {
    let seed = 3;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const ids = tokenizer.encode('little tokens', { sampling: { random, alpha: 0.2, dropout: 0.3 } });
      expect(tokenizer.decode(ids)).toBe('little tokens');
      seen.add(ids.join());
    }
    expect(seen.size, name).toBeGreaterThan(2);
  }
});

test('added tokens of ids that are taken, or leave holes, are errors', () => {
  const { model } = byteTokenizer([]).stages;
  const make = (id: number) => () => new Tokenizer({ model, addedTokens: [{ id, content: '<x>' }] });
  expect(make(5)).toThrow(/"<x>" has the id 5, which is that of/);
  expect(make(257)).toThrow(/no token has the id 256/);
  expect(make(1e9)).toThrow(/ids go from 0 to 255 without holes/);
});

test('a template with an id that no token has is an error', () => {
  const { model } = byteTokenizer([]).stages;
  const postProcessor = templateProcessing('<s> $A', '<s> $A $B', [{ token: '<s>', id: 256 }]);
  expect(() => new Tokenizer({ model, postProcessor })).toThrow(/puts the id 256, but ids go from 0 to 255/);
});

test('a decoder whose pattern never knows where it ends is an error, not a hang', () => {
  const decoder = decoderSequence([byteLevelDecoder(), replaceDecoder({ Regex: '(a|b)*z' }, '')]);
  const tokenizer = new Tokenizer({ ...byteTokenizer([]).stages, decoder });
  expect(tokenizer.decode(tokenizer.encode('xabzab'))).toBe('xab');
  expect(() => tokenizer.decode(tokenizer.encode('ab'.repeat(50_000)))).toThrow(
    /reads the text again and again/,
  );
});

test('a stage can be used alone', () => {
  const pieces = byteLevelPreTokenizer().preTokenize(new AlignedText("we've 12 é"));
  expect(pieces.map((piece) => piece.text)).toEqual(['we', "'ve", 'Ġ12', 'ĠÃ©']);
  expect(pieces.map((piece) => piece.start(0))).toEqual([0, 2, 5, 8]);
});

test.each([
  ['byte-level', trainBpeTokenizer],
  ['WordPiece', trainWordPieceTokenizer],
] as const)(
  '%s: of a text of several parts, ids, places and words are those of the whole',
  async (_, train) => {
    const tokenizer = await train(text, { vocabularySize: 300 });
    // A space begins each copy, so that words end there.
    const copy = ` ${text.trim()}`;
    const copies = Math.ceil(2_500_000 / copy.length);
    const { ids, offsets, wordIds } = tokenizer.tokenize(copy.repeat(copies));
    const one = tokenizer.tokenize(copy);
    const { length } = one.ids;
    const words = one.wordIds[length - 1]! + 1;
    expect(ids.length).toBe(copies * length);
    const misplaced = ids.findIndex((id, i) => {
      const [k, at] = [Math.floor(i / length), i % length];
      const [start, end] = one.offsets[at]!;
      return (
        id !== one.ids[at] ||
        offsets[i]![0] !== k * copy.length + start ||
        offsets[i]![1] !== k * copy.length + end ||
        wordIds[i] !== k * words + one.wordIds[at]!
      );
    });
    expect(misplaced).toBe(-1);
  },
);
