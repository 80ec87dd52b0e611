import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AlignedText } from '../aligned-text.ts';
import { gpt2Pattern, split } from '../pre-tokenizers/split.ts';
import { Pattern } from './pattern.ts';
import { PatternError } from './pattern-error.ts';

function matches(pattern: Pattern, text: string): [number, number][] {
  const found: [number, number][] = [];
  pattern.forEachMatch(text, (start, end) => found.push([start, end]));
  return found;
}

/** What the engine of JavaScript finds, which backtracks; empty matches right after another one do not count. */
function matchesByEngine(source: string, text: string): [number, number][] {
  let done = -1;
  return [...text.matchAll(new RegExp(source, 'gu'))].flatMap(({ index, 0: found }) => {
    const end = index + found.length;
    if (found === '' && index === done) return [];
    done = end;
    return [[index, end] as [number, number]];
  });
}

const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a',
        'b',
        'ab',
        'é',
        '東',
        '7',
        '12',
        ' ',
        '  ',
        '\n',
        "'s",
        "'",
        '!',
        '😀',
        '-',
        'the',
        'ſ',
        'K',
      ),
      fc.string({ unit: 'binary', maxLength: 2 }),
    ),
  )
  .map((parts) => parts.join(''));

describe('Pattern', () => {
  // Spelled alike in both syntaxes, and meaning the same.
  test.each([
    'a|ab',
    '(?:a|ab)(?:b|!)',
    'a*?b',
    'a+',
    '(a|b)*ab',
    '(?:ab){2,3}',
    '(?:a|b){2}?',
    '[^a-b\\n]+',
    '[\\p{L}--]+',
    '\\p{Lu}|\\P{L}+?\\n',
    '\\p{L}(?!b)',
    '(?<=a)b+',
    '(?<![ab])b|!',
    '(?<=\\p{L})(?=\\p{N})',
    'a(?=[b ])',
    '(?:a*)*b',
    '(?:|a)+',
    "(?:'s|'t)?",
    '\\u{1F600}'.replace('u', 'x'),
  ])('%s finds what a backtracking engine finds', (source) => {
    const pattern = new Pattern(source);
    const same = source.replace('\\x{', '\\u{').replace('[\\p{L}--]', '[\\p{L}\\-]');
    fc.assert(
      fc.property(texts, (text) => {
        expect(matches(pattern, text)).toEqual(matchesByEngine(same, text));
      }),
      { numRuns: 300 },
    );
  });

  test("GPT-2's pattern finds what a backtracking engine finds", () => {
    const pattern = new Pattern(gpt2Pattern);
    // \s is White_Space to Oniguruma, and something else to JavaScript.
    const same = gpt2Pattern
      .replaceAll('[^\\s', '[^\\p{White_Space}')
      .replaceAll('\\s', '\\p{White_Space}')
      .replaceAll('\\S', '\\P{White_Space}');
    fc.assert(
      fc.property(texts, (text) => {
        const found = matches(pattern, text);
        expect(found).toEqual(matchesByEngine(same, text));
        expect(found.map(([start, end]) => text.slice(start, end)).join('')).toBe(text);
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    [
      '(?i:s)',
      'sSſ',
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      '(?i)k',
      'kK\u212A',
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
    [
      '\\s',
      '\u0085\uFEFF\u2003',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [
      '^a',
      'a\na',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['\\Aa', 'a\na', [[0, 1]]],
    [
      'a$',
      'a\na',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ['a\\z', 'a\na', [[2, 3]]],
    ['a++b', 'aab', [[0, 3]]],
    ['a++a', 'aaa', []],
    ['a?+a', 'aa', [[0, 2]]],
    ['a*+a', 'aa', []],
    ['(?:a|[bc])++c', 'abcc', []],
    ['(?>a|[bc])d', 'cd', [[0, 2]]],
    // Ruby's rule, and Oniguruma's: after a count, + repeats it.
    ['a{1,2}+a', 'aaa', [[0, 3]]],
    [
      '\\p{N}{1,3}',
      '12345',
      [
        [0, 3],
        [3, 5],
      ],
    ],
    [
      '[a-z&&[^aeiou]]+',
      'stone',
      [
        [0, 2],
        [3, 4],
      ],
    ],
    ['[[:digit:]x]+', '12x٣', [[0, 4]]],
    [
      '\\bcat\\b',
      'cat concat cat!',
      [
        [0, 3],
        [11, 14],
      ],
    ],
    ['\\p{Han}', 'a東', [[1, 2]]],
    [
      '.',
      'a\n😀',
      [
        [0, 1],
        [2, 4],
      ],
    ],
    ['(?m:.)', '\n', [[0, 1]]],
  ] as [string, string, [number, number][]][])('%s in %j', (source, text, expected) => {
    expect(matches(new Pattern(source), text)).toEqual(expected);
  });

  test.each([
    // As Hugging Face's tokenizers 0.23.2 (Oniguruma) cut, 'Isolated'.
    ['(?i)[^a]+', 'aAbB', 'aA|bB'],
    ['(?i:[^a])+', 'aAbB', 'aA|bB'],
    ['(?i)[^k]+', 'aKk\u212Ab', 'a|Kk\u212A|b'],
    ['(?i)[^s]+', 'asSſb', 'a|sSſ|b'],
    ['(?i)\\p{Lu}+', 'aAbB', 'a|A|b|B'],
    ['(?i)\\P{Lu}+', 'aAbB1', 'a|A|b|B|1'],
    ['(?i)\\p{Lower}+', 'aAbB1', 'a|A|b|B1'],
    ['(?i)[\\p{Lu}]+', 'aAbB1', 'aAbB|1'],
    ['(?i)[^\\p{Lu}]+', 'aAbB1', 'aAbB|1'],
    ['(?i)[^[:upper:]]+', 'aAbB1', 'aAbB|1'],
    ['(?i)[[^a]]+', 'aAbB', 'aAbB'],
    ['(?i)[^[^a]]+', 'aAbB', 'aAbB'],
    ['(?i)[a-c&&[^b]]+', 'aAbBcC1', 'aA|bB|cC|1'],
    ['(?i)[b-c[^a-c]]+', 'aAbBcC1', 'aAbBcC1'],
    ['\\p{Punct}', 'a+b😀.', 'a+b😀|.'],
    ['[\\p{Punct}]', 'a+b😀.', 'a+b😀|.'],
    ['\\p{^Punct}+', 'a+b.', 'a+b|.'],
    ['[[:punct:]]', 'a+b😀.', 'a|+|b|😀|.'],
    ['[[:^punct:]]', 'a+b.', 'a|+|b|.'],
    ['\\p{PosixPunct}', 'a+b😀.', 'a|+|b|😀|.'],
  ])('%s cuts %j', (source, text, expected) => {
    const pieces = split({ Regex: source }, 'Isolated').preTokenize(new AlignedText(text));
    expect(pieces.map((piece) => piece.text).join('|')).toBe(expected);
  });

  /** The patterns of tiktoken 0.12 and of files of the ecosystem, on a text in which all of their options come. */
  test.each([
    [
      'r50k_base',
      "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s",
      "I|'|LL| say|  | 12345| naïve|!!|\n\n| 東京|'|x",
    ],
    [
      'cl100k_base',
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+",
      "I|'LL| say|  | |123|45| naïve|!!\n\n| 東京|'x",
    ],
    [
      'o200k_base',
      "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
      "I'LL| say|  | |123|45| naïve|!!\n\n| 東京|'x",
    ],
  ])('the pattern of %s', (_, source, pieces) => {
    const sample = "I'LL say   12345 naïve!!\n\n 東京'x";
    const found = matches(new Pattern(source), sample).map(([start, end]) => sample.slice(start, end));
    expect(found.join('|')).toBe(pieces);
  });

  test.each([
    ['(a)\\1', /character 4: back-references are not supported/],
    ['a(?=bc)', /looking further than one character/],
    ['(?>ab)', /character 1: atomic groups of more than one character/],
    ['(ab)++', /character 5: possessive groups of more than one character/],
    ['(a', /this "\(" is not closed/],
    ['a)', /closes nothing/],
    ['[a', /this "\[" is not closed/],
    ['*a', /nothing to repeat/],
    ['\\p{Nonsense}', /no Unicode property or class named "Nonsense"/],
    ['[b-a]', /the wrong way round/],
    ['a{3,2}', /wrong way round/],
    ['((((a{1,99}){1,99}){1,99}){1,99})', /repetitions are too large/],
    [`${'('.repeat(5000)}`, /nested deeper/],
    ['a\\', /nothing follows/],
  ])('%s is refused, saying where and why', (source, message) => {
    expect(() => new Pattern(source)).toThrow(PatternError);
    expect(() => new Pattern(source)).toThrow(message);
  });

  test('patterns that hang a backtracking engine read the text once', () => {
    // 2³⁰ ways to divide thirty letters; here 100,000.
    for (const source of ['(a+)+$', '(a|a)*$', '(a*)*$', '(.*)*$']) {
      expect(matches(new Pattern(source), 'a'.repeat(100_000))[0]).toEqual([0, 100_000]);
    }
  });

  test('a pattern that reads the text again and again is an error, not a hang', () => {
    expect(() => matches(new Pattern('a*b'), 'a'.repeat(100_000))).toThrow(/reads the text again and again/);
    expect(() => matches(new Pattern('a*b|a'), 'a'.repeat(100_000))).toThrow(PatternError);
  });

  test('a pattern with exponentially many states forgets some', () => {
    const source = `[ab]*a[ab]{14}c`;
    const text = `${Array.from({ length: 300 }, (_, i) => 'ab'[((i * i * 7) % 3) % 2]).join('')}c`;
    expect(matches(new Pattern(source), text)).toEqual(matchesByEngine(source, text));
  });
});
