import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Bpe,
  type Tokenizer,
  type TrainingProgress,
  trainBpeTokenizer,
  trainUnigramTokenizer,
  trainWordPieceTokenizer,
  WordPiece,
  whitespaceSplit,
} from '../index.ts';

const text = `${'low '.repeat(5)}${'lower '.repeat(2)}${'newest '.repeat(6)}${'widest '.repeat(3)}`;

/** The definition: count every pair anew, merge the most frequent one everywhere; ties by the order of the tokens. */
function mergesByHand(
  words: ReadonlyMap<string, number>,
  size: number,
  minFrequency: number,
  prefix = '',
): string[] {
  const byCodePoint = (a: string, b: string) => a.codePointAt(0)! - b.codePointAt(0)!;
  const alphabet = [...new Set([...words.keys()].join(''))].sort(byCodePoint);
  const inner = new Set([...words.keys()].flatMap((word) => [...word].slice(1)));
  const tokens = [
    ...alphabet,
    ...(prefix ? [...inner].sort(byCodePoint).map((character) => prefix + character) : []),
  ];
  let spelled = [...words].map(([word, count]) => ({
    parts: [...word].map((c, i) => (i > 0 ? prefix : '') + c),
    count,
  }));
  while (tokens.length < size) {
    const counts = new Map<string, { left: string; right: string; count: number }>();
    for (const { parts, count } of spelled) {
      for (let i = 0; i + 1 < parts.length; i++) {
        const key = `${parts[i]}\n${parts[i + 1]}`;
        const before = counts.get(key)?.count ?? 0;
        counts.set(key, { left: parts[i]!, right: parts[i + 1]!, count: before + count });
      }
    }
    const [best] = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count ||
        tokens.indexOf(a.left) - tokens.indexOf(b.left) ||
        tokens.indexOf(a.right) - tokens.indexOf(b.right),
    );
    if (!best || best.count < minFrequency) break;
    const merged = best.left + best.right.slice(prefix.length);
    if (!tokens.includes(merged)) tokens.push(merged);
    spelled = spelled.map(({ parts, count }) => {
      const now: string[] = [];
      for (let i = 0; i < parts.length; i++) {
        if (parts[i] === best.left && parts[i + 1] === best.right) {
          now.push(merged);
          i++;
        } else now.push(parts[i]!);
      }
      return { parts: now, count };
    });
  }
  return tokens;
}

function countWords(source: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const word of source.split(/ +/).filter((part) => part !== ''))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const sources = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'é', '😀'), minLength: 1, maxLength: 6 }), {
    minLength: 1,
    maxLength: 25,
  })
  .map((words) => words.join(' '));

describe('trainBpeTokenizer', () => {
  test('the merges of Sennrich et al. (2016), algorithm 1, on their own example', async () => {
    // es 9, est 9, lo 7, low 7: then the merges of newest and widest; ties by id.
    const tokenizer = await trainBpeTokenizer(text, {
      vocabularySize: 15,
      level: 'character',
      specialTokens: [],
      preTokenizer: whitespaceSplit(),
    });
    expect(tokenizer.vocabulary.tokens.slice(10)).toEqual(['es', 'est', 'lo', 'low', 'ew']);
  });

  test('the definition, on any text', async () => {
    await fc.assert(
      fc.asyncProperty(
        sources,
        fc.integer({ min: 6, max: 20 }),
        fc.integer({ min: 1, max: 3 }),
        async (source, vocabularySize, minFrequency) => {
          const options = { vocabularySize, minFrequency, level: 'character', specialTokens: [] } as const;
          const tokenizer = await trainBpeTokenizer(source, { ...options, preTokenizer: whitespaceSplit() });
          expect(tokenizer.vocabulary.tokens).toEqual(
            mergesByHand(countWords(source), vocabularySize, minFrequency),
          );
          expect(tokenizer.stages.model).toBeInstanceOf(Bpe);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('bytes: all 256, whatever the text, and the special tokens before them', async () => {
    const tokenizer = await trainBpeTokenizer('ab', { vocabularySize: 300, specialTokens: ['<x>', '<y>'] });
    expect(tokenizer.vocabulary.size).toBe(258);
    expect(tokenizer.vocabulary.tokens.slice(0, 2)).toEqual(['<x>', '<y>']);
  });

  test('a longest token, and the most frequent characters alone', async () => {
    const short = await trainBpeTokenizer(text, { vocabularySize: 999, longestToken: 3 });
    expect(Math.max(...short.vocabulary.tokens.map((token) => token.length))).toBe(3);
    const few = await trainBpeTokenizer('aaaabbbc', {
      vocabularySize: 5,
      level: 'character',
      alphabetSize: 2,
    });
    expect(few.vocabulary.tokens.slice(0, 4)).toEqual(['<unk>', '<s>', 'a', 'b']);
    expect([...few.encode('c')]).toEqual([few.unknownId]);
  });
});

describe('trainWordPieceTokenizer', () => {
  test('the definition, with ## inside words', async () => {
    await fc.assert(
      fc.asyncProperty(sources, fc.integer({ min: 12, max: 24 }), async (source, vocabularySize) => {
        const tokenizer = await trainWordPieceTokenizer(source, {
          vocabularySize,
          minFrequency: 2,
          specialTokens: ['<unk>'],
          preTokenizer: whitespaceSplit(),
        });
        const expected = mergesByHand(countWords(source), vocabularySize - 1, 2, '##');
        expect(tokenizer.vocabulary.tokens).toEqual(['<unk>', ...expected]);
        expect(tokenizer.stages.model).toBeInstanceOf(WordPiece);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a vocabulary that just fits', () => {
  test('bytes', async () => {
    // <s> and 256 bytes
    const tokenizer = await trainBpeTokenizer('aaa', { vocabularySize: 257 });
    expect(tokenizer.vocabulary.size).toBe(257);
    await expect(trainBpeTokenizer('aaa', { vocabularySize: 256 })).rejects.toThrow(
      '`vocabularySize` is 256, but 256 bytes and the special tokens alone are 257',
    );
  });
  test('characters', async () => {
    // <unk>, <s>, a, b
    const options = { vocabularySize: 4, level: 'character', preTokenizer: whitespaceSplit() } as const;
    expect((await trainBpeTokenizer('ab ab', options)).vocabulary.tokens).toEqual(['<unk>', '<s>', 'a', 'b']);
    const unigram = await trainUnigramTokenizer('ab ab', { ...options, vocabularySize: 4 });
    expect([...unigram.vocabulary.tokens].sort()).toEqual(['<s>', '<unk>', 'a', 'b']);
  });
  test('WordPiece: ## for what comes inside words alone', async () => {
    const { vocabulary } = await trainWordPieceTokenizer('a b c', { vocabularySize: 5 });
    expect(vocabulary.tokens).toEqual(['<unk>', '<s>', 'a', 'b', 'c']);
    // <unk>, <s>, a, b, ##b
    expect((await trainWordPieceTokenizer('ab b', { vocabularySize: 5 })).vocabulary.size).toBe(5);
    await expect(trainWordPieceTokenizer('ab b', { vocabularySize: 4 })).rejects.toThrow(
      '3 characters and the special tokens alone are 5',
    );
  });
});

describe('trainUnigramTokenizer', () => {
  test('learns the words that a text is made of', async () => {
    // Eight words in every order: no smaller part comes alone, no larger one twice as often.
    const words = ['sun', 'moon', 'star', 'sky', 'rain', 'wind', 'snow', 'fog'];
    let seed = 5;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const glued = Array.from({ length: 3000 }, () =>
      Array.from({ length: 4 }, () => words[Math.floor(random() * words.length)]).join(''),
    ).join(' ');
    const tokenizer = await trainUnigramTokenizer(glued, {
      vocabularySize: 2 + 17 + 8,
      preTokenizer: whitespaceSplit(),
    });
    for (const word of words) expect(tokenizer.vocabulary.idOf(word), word).toBeDefined();
    const { tokens } = tokenizer.tokenize('moonfogstarsnow');
    expect(tokens).toEqual(['moon', 'fog', 'star', 'snow']);
  });

  test('probabilities of its pieces sum to about one', async () => {
    const tokenizer = await trainUnigramTokenizer(text.repeat(20), { vocabularySize: 30 });
    const { vocab } = tokenizer.toJSON().model as unknown as { vocab: [string, number][] };
    const sum = vocab.slice(2).reduce((total, [, logProb]) => total + Math.exp(logProb), 0);
    expect(sum).toBeGreaterThan(0.8); // the digamma function takes a little from rare pieces
    expect(sum).toBeLessThan(1.01);
  });

  test('every character stays, so that nothing seen is unknown', async () => {
    const source = 'abcdefghij klmnop 東京 😀';
    const tokenizer = await trainUnigramTokenizer(source, { vocabularySize: 24 });
    expect(tokenizer.countUnknown(tokenizer.encode(source))).toBe(0);
    expect(tokenizer.decode(tokenizer.encode(source))).toBe(source);
  });
});

describe.each([
  ['BPE', trainBpeTokenizer, 300],
  ['WordPiece', trainWordPieceTokenizer, 60],
  ['unigram', trainUnigramTokenizer, 40],
] as [
  string,
  (
    chunks: string | Iterable<string> | AsyncIterable<string>,
    options: Parameters<typeof trainBpeTokenizer>[1],
  ) => Promise<Tokenizer>,
  number,
][])('%s', (_, train, vocabularySize) => {
  test('chunks change nothing, and the same text gives the same file', async () => {
    const source = `${text}naïve 😀😀 東京\nlow lower`;
    const file = JSON.stringify(await train(source, { vocabularySize }));
    async function* stream() {
      for (let i = 0; i < source.length; i += 7) yield source.slice(i, i + 7);
    }
    expect(JSON.stringify(await train(stream(), { vocabularySize }))).toBe(file);
    expect(JSON.stringify(await train([...source], { vocabularySize }))).toBe(file);
  });

  test('a signal ends it, with its reason', async () => {
    await expect(
      train(text, { vocabularySize, signal: AbortSignal.abort(new Error('enough')) }),
    ).rejects.toThrow('enough');
    const controller = new AbortController();
    async function* endless() {
      for (let i = 0; ; i++) {
        if (i === 50) controller.abort(new Error('enough now'));
        yield `${text}${i} `.repeat(20);
      }
    }
    await expect(train(endless(), { vocabularySize, signal: controller.signal })).rejects.toThrow(
      'enough now',
    );
  });

  test('tells how far it is', async () => {
    const seen: TrainingProgress[] = [];
    const source = Array.from({ length: 5000 }, (_, i) => `word${i * 7919} `).join('');
    await train(source, { vocabularySize: 400, onProgress: (progress) => seen.push(progress) });
    expect(seen.filter(({ stage }) => stage === 'counting').at(-1)).toMatchObject({
      characters: source.length,
    });
    expect(seen.at(-1)).toMatchObject({ stage: 'learning', fraction: 1 });
    for (const progress of seen)
      if (progress.stage === 'learning') expect(progress.fraction).toBeLessThanOrEqual(1);
  });

  test.each([
    [{ vocabularySize: 1.5 }, /`vocabularySize` is 1.5, expected an integer/],
    [
      { vocabularySize: 4 },
      /`vocabularySize` is 4, but \d+ (characters|bytes) and the special tokens alone are \d+/,
    ],
    [{ vocabularySize: 500, alphabetSize: 0 }, /`alphabetSize` is 0/],
  ])('%j is an error', async (options, message) => {
    await expect(train(text, options)).rejects.toThrow(message);
  });

  test('an empty text is an error', async () => {
    await expect(train(['', ''], { vocabularySize })).rejects.toThrow(/has nothing to learn from/);
  });
});
