import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlignedText } from '../aligned-text.ts';
import { asciiFolding } from './ascii-folding.ts';
import { bertNormalizer } from './bert-normalizer.ts';
import { lowercase, nmt, stripAccents } from './character-normalizers.ts';
import { prepend, strip } from './edges.ts';
import { type Normalizer, normalizerSequence } from './normalizer.ts';
import { replace } from './replace.ts';
import { unicodeForm } from './unicode-form.ts';

const text = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          'e\u0301',
          'é',
          '\u0301\u0323',
          'Å',
          '\u1100\u1161\u11A8',
          '각',
          'ｶﾞ',
          'ﬁ',
          'ﷺ',
          'İ',
          'Σ',
          '東',
          '😀',
          ' ',
          '\n',
          'a',
          'Ǆ',
          '\u3131\u314F',
          '½',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  )
  .map((parts) => parts.join(''));

const run = (normalizer: Normalizer, source: string) => normalizer.normalize(new AlignedText(source));

describe('unicodeForm', () => {
  test.each(['NFC', 'NFD', 'NFKC', 'NFKD'] as const)('%s is what the language has', (form) => {
    fc.assert(
      fc.property(text, (source) => {
        expect(run(unicodeForm(form), source).text).toBe(source.normalize(form));
      }),
      { numRuns: 500 },
    );
  });

  test('every part comes from where it stood', () => {
    const { text: normal, ...rest } = places(run(unicodeForm('NFKC'), 'xﬁe\u0301😀'));
    expect(normal).toBe('xfié😀');
    // x; fi from the ligature; é from two units; the pair
    expect(rest.all).toEqual([
      [0, 1],
      [1, 2],
      [1, 2],
      [2, 4],
      [4, 5],
      [5, 6],
    ]);
  });
});

test.each([
  ['lowercase', lowercase(), 'ΣΑΣ É', 'σασ é'],
  ['stripAccents', stripAccents(), 'e\u0301é', 'eé'],
  ['strip', strip(), ' \u00A0a b\n', 'a b'],
  ['strip, left', strip({ right: false }), ' a ', 'a '],
  ['prepend', prepend('▁'), 'a', '▁a'],
  ['prepend to nothing', prepend('▁'), '', ''],
  ['nmt', nmt(), 'a\u0001b\tc\u200Bd\uFEFF', 'ab c d '],
  ['replace', replace({ String: 'ab' }, 'x'), 'aabab', 'axx'],
  ['replace by pattern', replace({ Regex: ' {2,}' }, ' '), 'a   b c', 'a b c'],
  // As Hugging Face's tokenizers 0.23.2 have it: what matches emptily is replaced, of a text that is not empty.
  ['replace the beginning', replace({ Regex: '^' }, 'X'), 'ab', 'Xab'],
  ['replace the end', replace({ Regex: '$' }, 'X'), 'ab', 'abX'],
  ['replace nothing', replace({ Regex: 'x*' }, '-'), 'axxb', '-a-b-'],
  ['replace boundaries', replace({ Regex: '\\b' }, '|'), 'ab cd', '|ab| |cd|'],
  ['replace in nothing', replace({ Regex: '^' }, 'X'), '', ''],
  ['asciiFolding', asciiFolding(), 'Straße “naïve” ŒUVRE łódź ﬁ – 東', 'Strasse "naive" OEUVRE lodz fi - 東'],
  ['bertNormalizer', bertNormalizer(), 'Çà\u0000\tB東x', 'ca b 東 x'],
  ['bertNormalizer, cased', bertNormalizer({ lowercase: false }), 'Çà', 'Çà'],
] as [string, Normalizer, string, string][])('%s', (_, normalizer, source, expected) => {
  expect(run(normalizer, source).text).toBe(expected);
});

test('alignments never go back, and stay within the text, whatever the stages', () => {
  const stage = fc.constantFrom(
    ...[unicodeForm('NFD'), unicodeForm('NFKC'), lowercase(), stripAccents(), strip(), prepend('__'), nmt()],
    ...[replace({ String: 'a' }, 'bcd'), replace({ Regex: '\\s+' }, ''), bertNormalizer(), asciiFolding()],
  );
  fc.assert(
    fc.property(text, fc.array(stage, { maxLength: 4 }), (source, stages) => {
      let before = 0;
      for (const [start, end] of places(run(normalizerSequence(stages), source)).all) {
        expect(start).toBeGreaterThanOrEqual(before);
        expect(end).toBeGreaterThanOrEqual(start);
        expect(end).toBeLessThanOrEqual(source.length);
        before = start;
      }
    }),
    { numRuns: 500 },
  );
});

function places(aligned: AlignedText) {
  const all = Array.from(
    { length: aligned.text.length },
    (_, i) => [aligned.start(i), aligned.end(i)] as const,
  );
  return { text: aligned.text, all };
}
