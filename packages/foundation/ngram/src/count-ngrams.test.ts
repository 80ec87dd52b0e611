import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { mergeCounts } from './merge-counts.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { findNode, levelSizes, suffixLinks } from './ngram-trie.ts';

const begin = 0;
const end = 1;

/** Counts by the definition: every stretch of 1 to `order` tokens of one sentence. */
function countByHand(sentences: number[][], order: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (const ids of sentences) {
    for (let start = 0; start < ids.length; start++) {
      for (let k = 1; k <= order && start + k <= ids.length; k++) {
        const key = ids.slice(start, start + k).join(' ');
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Every n-gram seen, spelled out, with its count. */
function spelledOut({ trie, count }: NgramCounts): Map<string, number> {
  const spelled = [''];
  const counts = new Map<string, number>();
  for (let node = 0; node < trie.levelStart[trie.order]!; node++) {
    for (let child = trie.firstChild[node]!; child < trie.firstChild[node + 1]!; child++) {
      spelled[child] = `${spelled[node]} ${trie.token[child]}`.trim();
      if (count[child]! > 0) counts.set(spelled[child]!, count[child]!);
    }
  }
  return counts;
}

const stream = fc.array(fc.nat(4), { maxLength: 80 });
const sentences = fc.array(
  fc.array(fc.integer({ min: 2, max: 5 }), { maxLength: 8 }).map((ids) => [begin, ...ids, end]),
  { maxLength: 12 },
);
const order = fc.integer({ min: 1, max: 5 });

test('an endless stream is one sequence, wherever its chunks are cut', async () => {
  await fc.assert(
    fc.asyncProperty(stream, fc.nat(80), order, async (ids, cut, order) => {
      const counts = await countNgrams([ids.slice(0, cut), ids.slice(cut)], {
        order,
        vocabulary: { size: 5 },
      });
      expect(spelledOut(counts)).toEqual(countByHand([ids], order));
      expect(counts.count[0]).toBe(ids.length);
    }),
  );
});

test('no n-gram reaches over the end of a sentence', async () => {
  await fc.assert(
    fc.asyncProperty(sentences, order, async (sentences, order) => {
      const counts = await countNgrams(sentences, { order, vocabulary: { size: 6, begin, end } });
      expect(spelledOut(counts)).toEqual(countByHand(sentences, order));
    }),
  );
});

test('parts counted apart add up to the whole, though the vocabulary grew between', async () => {
  await fc.assert(
    fc.asyncProperty(sentences, sentences, order, async (left, right, order) => {
      const small = { size: Math.max(2, ...left.flat()) + 1, begin, end };
      const large = { size: 6, begin, end };
      const merged = mergeCounts([
        await countNgrams(left, { order, vocabulary: small }),
        await countNgrams(right, { order, vocabulary: large }),
      ]);
      expect(spelledOut(merged)).toEqual(countByHand([...left, ...right], order));
      expect(merged.vocabulary.size).toBe(6);
    }),
  );
});

test('streams longer than a batch lose no n-gram at the seam', async () => {
  // 0 1 2 0 1 2 …: each of the three n-grams of every order starts at every third position
  const length = 2_500_000;
  const ids = Int32Array.from({ length }, (_, i) => i % 3);
  const { trie, count } = await countNgrams([ids], { order: 4, vocabulary: { size: 3 } });
  expect(levelSizes(trie)).toEqual([3, 3, 3, 3]);
  // starts 0, 3, …, up to length - 4 = 2,499,996: 833,333 of them
  expect(count[findNode(trie, [0, 1, 2, 0])]).toBe(833_333);
  // starts 1, 4, …, up to 2,499,994: 833,332 of them
  expect(count[findNode(trie, [1, 2, 0, 1])]).toBe(833_332);
});

test('a stream a little longer than a batch is counted to its end', async () => {
  // the pairs 2 0 start at 2, 5, …, 2,097,152 = 2²¹: 699,051 of them; the pairs 0 1 at 0, 3, …, 2,097,150: 699,051
  const ids = Int32Array.from({ length: 2 ** 21 + 2 }, (_, i) => i % 3);
  const { trie, count } = await countNgrams([ids], { order: 4, vocabulary: { size: 3 } });
  expect(levelSizes(trie)).toEqual([3, 3, 3, 3]);
  expect(count[findNode(trie, [2, 0])]).toBe(699_051);
  expect(count[findNode(trie, [0, 1])]).toBe(699_051);
});

test('suffix links lead to the n-gram without its first token', async () => {
  await fc.assert(
    fc.asyncProperty(stream, order, async (ids, order) => {
      const { trie } = await countNgrams([ids], { order, vocabulary: { size: 5 } });
      const link = suffixLinks(trie);
      for (let start = 0; start < ids.length; start++) {
        for (let k = 1; k <= order && start + k <= ids.length; k++) {
          const ngram = ids.slice(start, start + k);
          expect(link[findNode(trie, ngram)]).toBe(findNode(trie, ngram.slice(1)));
        }
      }
    }),
  );
});

test('says which token is outside the vocabulary', async () => {
  const chunks = [
    [0, 1, 2],
    [3, 0],
  ];
  await expect(countNgrams(chunks, { order: 2, vocabulary: { size: 3 } })).rejects.toThrow(
    'position 3 of the stream is token id 3, expected an integer from 0 to 2',
  );
  await expect(countNgrams([[0.5]], { order: 2, vocabulary: { size: 3 } })).rejects.toThrow(RangeError);
  await expect(countNgrams([[-1]], { order: 2, vocabulary: { size: 3 } })).rejects.toThrow(RangeError);
  await expect(countNgrams([[Number.NaN]], { order: 2, vocabulary: { size: 3 } })).rejects.toThrow(
    RangeError,
  );
});

test('says which orders it can count', async () => {
  await expect(countNgrams([], { order: 0, vocabulary: { size: 3 } })).rejects.toThrow(
    'order is 0, expected an integer from 1 to 7',
  );
  await expect(countNgrams([], { order: 8, vocabulary: { size: 3 } })).rejects.toThrow(RangeError);
});

test('says which option is missing, and what a chunk is', async () => {
  const bare = countNgrams as unknown as (...given: unknown[]) => Promise<unknown>;
  await expect(bare([[0]])).rejects.toThrow('the options are undefined, expected { order, vocabulary }');
  await expect(bare([[0]], { order: 2 })).rejects.toThrow('vocabulary is undefined, expected a Vocabulary');
  await expect(bare([[0]], { order: 2, vocabulary: 'abc' })).rejects.toThrow('vocabulary is string');
  // The length of a number is undefined: nothing would be counted.
  const options = { order: 2, vocabulary: { size: 3 } };
  await expect(bare([0, 1, 2], options)).rejects.toThrow(
    'a chunk of the stream is 0, expected an array of ids',
  );
  await expect(bare('abc', options)).rejects.toThrow(
    'a chunk of the stream is "a", expected an array of ids',
  );
});

test('does not merge what does not fit', async () => {
  const pairs = await countNgrams([[0, 1]], { order: 2, vocabulary: { size: 2 } });
  const triples = await countNgrams([[0, 1]], { order: 3, vocabulary: { size: 2 } });
  const marked = await countNgrams([[0, 1]], { order: 2, vocabulary: { size: 2, end: 1 } });
  expect(() => mergeCounts([pairs, triples])).toThrow('orders 2 and 3');
  expect(() => mergeCounts([pairs, marked])).toThrow('one vocabulary');
  expect(() => mergeCounts([])).toThrow('no counts');
});
