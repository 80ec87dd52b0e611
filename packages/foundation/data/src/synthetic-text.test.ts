import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ambiguousGrammar, ambiguousGrammarTags, dateFormats, numberWords, wordsOfNumber } from './index.ts';
import { testRandom } from './random.test-kit.ts';

const draw = <Example>(
  count: number,
  one: (random: ReturnType<typeof testRandom>) => Example,
  seed = 1,
): Example[] => {
  const random = testRandom(seed);
  return Array.from({ length: count }, () => one(random));
};

describe('number words', () => {
  test('by hand', () => {
    expect(wordsOfNumber(0)).toBe('zero');
    expect(wordsOfNumber(13)).toBe('thirteen');
    expect(wordsOfNumber(80)).toBe('eighty');
    expect(wordsOfNumber(42_107)).toBe('forty-two thousand one hundred seven');
    expect(wordsOfNumber(1_000_000)).toBe('one million');
    expect(wordsOfNumber(900_000_000_000_019)).toBe('nine hundred trillion nineteen');
    expect(() => wordsOfNumber(-1)).toThrow(/`number` is -1/);
  });

  test('read word by word, they give the number', () => {
    const values: Record<string, number> = {
      zero: 0, one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10, eleven: 11,
      twelve: 12, thirteen: 13, fourteen: 14, fifteen: 15, sixteen: 16, seventeen: 17, eighteen: 18, nineteen: 19,
      twenty: 20, thirty: 30, forty: 40, fifty: 50, sixty: 60, seventy: 70, eighty: 80, ninety: 90,
    }; // biome-ignore format: a table
    const scales: Record<string, number> = {
      thousand: 1e3,
      million: 1e6,
      billion: 1e9,
      trillion: 1e12,
      quadrillion: 1e15,
    };
    const read = (words: string) => {
      let [total, group] = [0, 0];
      for (const word of words.split(/[ -]/)) {
        if (word === 'hundred') group *= 100;
        else if (word in scales) {
          total += group * scales[word]!;
          group = 0;
        } else group += values[word]!;
      }
      return total + group;
    };
    fc.assert(
      fc.property(fc.maxSafeNat(), (number) => {
        expect(read(wordsOfNumber(number))).toBe(number);
      }),
    );
    for (let number = 0; number < 2000; number++) expect(read(wordsOfNumber(number))).toBe(number);
  });

  test('every length comes equally often, either way round', () => {
    const pairs = draw(6000, (random) => numberWords({ digits: 6 }, random));
    const counts = new Array<number>(7).fill(0);
    for (const { source, target } of pairs) {
      expect(source).toBe(wordsOfNumber(Number(target)));
      expect(String(Number(target))).toBe(target);
      counts[target.length]!++;
    }
    // 1000 expected of each, standard deviation 29.
    for (const count of counts.slice(1)) expect(Math.abs(count - 1000)).toBeLessThan(4 * 29);
    expect(draw(1, (random) => numberWords({ digits: 6, digitsToWords: true }, random))[0]).toEqual({
      source: pairs[0]!.target,
      target: pairs[0]!.source,
    });
    expect(() => numberWords({ digits: 16 }, testRandom(1))).toThrow(/`digits` is 16/);
  });
});

test('dates: the platform reads the spelt-out ones as the same day', () => {
  const pairs = draw(3000, dateFormats);
  let read = 0;
  for (const { source, target } of pairs) {
    expect(target).toMatch(/^(19|20)\d\d-\d\d-\d\d$/);
    expect(new Date(`${target}T00:00:00Z`).toISOString().slice(0, 10)).toBe(target);
    const [year, month, day] = target.split('-').map(Number);
    // Whatever the format, the day and the year stand in it as numbers.
    const numbers = source.match(/\d+/g)!.map(Number);
    expect(numbers).toEqual(expect.arrayContaining([year, day]));
    const plain = source.replace(/(\d)(st|nd|rd|th)\b/, '$1').replace(/\b(the|of)\b/g, '');
    const swapped = plain.replace(/^(\d+)\.(\d+)\.(\d+)$/, '$3/$2/$1');
    const parsed = new Date(`${swapped} UTC`);
    if (Number.isNaN(parsed.getTime())) continue;
    read++;
    expect([parsed.getUTCFullYear(), parsed.getUTCMonth() + 1, parsed.getUTCDate()], source).toEqual([
      year,
      month,
      day,
    ]);
    const weekday = source.match(/^(sun|mon|tue|wed|thu|fri|sat)/i)?.[0].toLowerCase();
    if (weekday) expect(parsed.toUTCString().slice(0, 3).toLowerCase()).toBe(weekday);
  }
  expect(read).toBeGreaterThan(2000);
  for (const [day, suffix] of [
    [1, 'st'],
    [2, 'nd'],
    [3, 'rd'],
    [4, 'th'],
    [11, 'th'],
    [12, 'th'],
    [13, 'th'],
    [21, 'st'],
    [22, 'nd'],
    [23, 'rd'],
    [30, 'th'],
  ] as const) {
    const source = pairs
      .map(({ source }) => source)
      .find((source) => new RegExp(`\\b${day}[a-z]{2} of`).test(source));
    expect(source).toContain(`${day}${suffix}`);
  }
});

describe('the ambiguous grammar', () => {
  const sentences = draw(4000, ambiguousGrammar);
  const readings = new Map<string, Set<string>>();
  for (const { tokens, tags } of sentences) {
    for (const [i, token] of tokens.entries())
      readings.set(token, (readings.get(token) ?? new Set()).add(tags[i]!));
  }
  // The grammar as a regular expression over one letter a tag: D A? N, any number of times with P between.
  const letters: Record<string, string> = {
    DET: 'D',
    ADJ: 'A',
    NOUN: 'N',
    VERB: 'V',
    AUX: 'X',
    ADP: 'P',
    ADV: 'R',
  };
  const phrase = 'DA?N(PDA?N)*';
  const grammar = new RegExp(`^${phrase}X?V(${phrase}|R)?$`);

  test('sentences are of the grammar', () => {
    for (const { tags } of sentences) expect(tags.map((tag) => letters[tag]).join('')).toMatch(grammar);
    expect(new Set(sentences.flatMap(({ tags }) => tags))).toEqual(new Set(ambiguousGrammarTags));
  });

  test('words are ambiguous, sentences are not: of all ways to tag one, the grammar takes its own only', () => {
    expect([...readings.values()].filter((tags) => tags.size > 1).length).toBeGreaterThanOrEqual(12);
    for (const { tokens, tags } of sentences) {
      let ways = [''];
      for (const token of tokens) {
        const kinds = [...readings.get(token)!].map((tag) => letters[tag]!);
        ways = ways.flatMap((way) => kinds.map((kind) => way + kind));
        if (ways.length > 5000) break;
      }
      if (ways.length > 5000) continue;
      expect(
        ways.filter((way) => grammar.test(way)),
        tokens.join(' '),
      ).toEqual([tags.map((tag) => letters[tag]).join('')]);
    }
  });

  test('a dictionary of the likelier tag is often wrong', () => {
    const counts = new Map<string, Map<string, number>>();
    for (const { tokens, tags } of sentences) {
      for (const [i, token] of tokens.entries()) {
        const of = counts.get(token) ?? counts.set(token, new Map()).get(token)!;
        of.set(tags[i]!, (of.get(tags[i]!) ?? 0) + 1);
      }
    }
    const right = [...counts.values()].reduce((sum, of) => sum + Math.max(...of.values()), 0);
    const all = sentences.reduce((sum, { tokens }) => sum + tokens.length, 0);
    expect(right / all).toBeLessThan(0.9);
  });
});

test('the same seed gives the same examples', () => {
  for (const one of [
    dateFormats,
    ambiguousGrammar,
    (random: ReturnType<typeof testRandom>) => numberWords({}, random),
  ]) {
    expect(draw<unknown>(20, one, 5)).toEqual(draw<unknown>(20, one, 5));
    expect(draw<unknown>(20, one, 5)).not.toEqual(draw<unknown>(20, one, 6));
  }
});
