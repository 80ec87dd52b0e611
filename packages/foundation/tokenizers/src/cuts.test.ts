import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  asciiFolding,
  bertNormalizer,
  bertPreTokenizer,
  byteLevelNormalizer,
  byteLevelPreTokenizer,
  lowercase,
  metaspacePreTokenizer,
  type Normalizer,
  nmt,
  normalizerSequence,
  type PreTokenizer,
  precompiled,
  replace,
  stripAccents,
  Tokenizer,
  trainBpeTokenizer,
  trainUnigramTokenizer,
  unicodeForm,
  whitespaceSplit,
} from './index.ts';

/** Darts-clone: at the root, the byte `_` has a leaf; its rule is the text that follows the trie. */
function charsmapOf(content: string): Uint8Array {
  const byte = 0x5f;
  const trie = new Uint32Array(256);
  trie[0] = 1 << 10; // the children of the root are at 1 ^ byte
  trie[1 ^ byte] = (2 << 10) | (1 << 8) | byte; // has a leaf, at its place ^ 2
  trie[1 ^ byte ^ 2] = 0x80000000; // the rule at 0
  const bytes = new Uint8Array(4 + 4 * trie.length + content.length + 1);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 4 * trie.length, true);
  trie.forEach((unit, i) => void view.setUint32(4 + 4 * i, unit, true));
  bytes.set(new TextEncoder().encode(content), 4 + 4 * trie.length);
  return bytes;
}

const normalizers: [string, Normalizer][] = [
  ['asciiFolding', asciiFolding()],
  ['nmt', nmt()],
  ['_ to a space', replace({ String: '_' }, ' ')],
  ['_ to nothing', replace({ String: '_' }, '')],
  ['a letter to a space', replace({ String: 'b' }, ' ')],
  ['a space to _', replace({ String: ' ' }, '_')],
  ['a line end to _', replace({ String: '\n' }, '_')],
  ['a line end to nothing', replace({ String: '\n' }, '')],
  ['spaces to nothing', replace({ Regex: ' {2,}' }, '')],
  ['spaces to a letter', replace({ Regex: ' {2,}' }, 'x')],
  ['spaces to one', replace({ Regex: ' {2,}' }, ' ')],
  ['bertNormalizer', bertNormalizer()],
  ['bytes', byteLevelNormalizer()],
  ['precompiled', precompiled(charsmapOf(' '))],
  ...(['NFC', 'NFD', 'NFKC', 'NFKD'] as const).map((form): [string, Normalizer] => [form, unicodeForm(form)]),
  ['NFKD, stripAccents', normalizerSequence([unicodeForm('NFKD'), stripAccents(), lowercase()])],
  ['NFC, a letter to a space', normalizerSequence([unicodeForm('NFC'), replace({ String: 'é' }, ' ')])],
  ['NFD, an accent to a space', normalizerSequence([unicodeForm('NFD'), replace({ String: '\u0301' }, ' ')])],
];

const preTokenizers: [string, PreTokenizer][] = [
  ['bytes', byteLevelPreTokenizer()],
  ['bytes, a space before', byteLevelPreTokenizer({ addPrefixSpace: true })],
  ['metaspace', metaspacePreTokenizer()],
  ['BERT', bertPreTokenizer()],
  ['white space', whitespaceSplit()],
];

const characters =
  'a b _ . \u00b4 \u037a \ufc5e \u200b \u00a0 \u0301 é \u00ad \u0007 \ufffd \ud83d \ude00 😀 東 ㊀ 가 ﾞ 1'
    .split(' ')
    .concat(' ', ' ', ' ', '  ', '\n', '\t', '\r\n', 'e\u0301');
const anyText = fc.array(fc.constantFrom(...characters), { maxLength: 14 }).map((parts) => parts.join(''));
const corpus = 'the cat   sat on  the mat.\n'.repeat(5);

describe.each(normalizers)('%s', (_, normalizer) => {
  test.each(preTokenizers)('cuts change no ids: %s', async (name, preTokenizer) => {
    const options = { vocabularySize: 320, normalizer, preTokenizer };
    const learned = name.startsWith('bytes')
      ? await trainBpeTokenizer(corpus, options)
      : await trainUnigramTokenizer(corpus + characters.join('').repeat(2), options);
    // Added tokens give their ids whatever the normalizer does, one of them after it.
    const { size } = learned.vocabulary;
    const tokenizer = new Tokenizer({
      ...learned.stages,
      addedTokens: [...learned.stages.addedTokens!, { id: size, content: 'a_b', normalized: true }],
    });
    await fc.assert(
      fc.asyncProperty(anyText, fc.array(fc.nat(3)), async (source, lengths) => {
        const chunks: string[] = [];
        let start = 0;
        for (const length of lengths) chunks.push(source.slice(start, (start += length)));
        chunks.push(source.slice(start));
        const whole = [...tokenizer.encode(source)];
        for (const cut of [chunks, [...source], [source]]) {
          const ids: number[] = [];
          for await (const some of tokenizer.encodeStream(cut)) ids.push(...some);
          expect(ids).toEqual(whole);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('cuts change no training', async () => {
    const source = 'a´  b _  c\u200b  d\n東  e\u0301  é  f.  x\n'.repeat(4);
    for (const [, preTokenizer] of preTokenizers.slice(0, 2)) {
      const options = { vocabularySize: 300, normalizer, preTokenizer };
      const file = JSON.stringify(await trainBpeTokenizer(source, options));
      expect(JSON.stringify(await trainBpeTokenizer([...source], options))).toBe(file);
    }
  });
});

test('a text is still cut where no stage minds', async () => {
  const tokenizer = await trainBpeTokenizer(corpus, { vocabularySize: 300, normalizer: asciiFolding() });
  const parts: string[] = [];
  for await (const { text } of tokenizer.tokenizeStream(['a ', 'b. ', 'c´ ', '東 ', 'd'])) parts.push(text);
  expect(parts).toEqual(['a', ' b.', ' c´ 東', ' d']);
});
