import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { type Discount, DiscountError, fallbackDiscount } from './discounts.ts';
import { kneserNey, kneserNeyDiscounts } from './kneser-ney.ts';
import type { NgramCounts } from './ngram-counts.ts';
import type { NgramModel } from './ngram-model.ts';
import { levelSizes } from './ngram-trie.ts';
import { encodeSentences, splitSentences } from './sentences.ts';
import type { TokenIds } from './token-ids.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

async function count(text: string, order: number): Promise<NgramCounts<Vocabulary<string>>> {
  const vocabulary = new Vocabulary(arpaTokens);
  return countNgrams(encodeSentences(splitSentences([text]), vocabulary, { grow: true }), {
    order,
    vocabulary,
  });
}

function probability(model: NgramModel<Vocabulary<string>>, context: string, word: string): number {
  const ids = context.split(' ').flatMap((token) => (token === '' ? [] : [model.vocabulary.id(token)!]));
  return Math.exp(model.step(model.stateAfter(ids), model.vocabulary.id(word)!).logProb);
}

// Pairs: <s> a 3, a b 2, b </s> 2, <s> b 1, b a 1, a c 1, a </s> 1, c </s> 1.
// Adjusted counts of single tokens, by their distinct left neighbours:
//   a {<s>, b} 2, b {a, <s>} 2, c {a} 1, </s> {b, a, c} 3, together 8.
const text = 'a b\na b\nb a\na c\n';

test('modified discounts, worked by hand', async () => {
  // single tokens: n1 = 1, n2 = 2, n3 = 1, n4 = 0; Y = 1 / (1 + 2·2) = 1/5
  //   D1 = 1 − 2·Y·2/1 = 1/5   D2 = 2 − 3·Y·1/2 = 17/10   D3+ = 3 − 4·Y·0/1 = 3
  // pairs: n1 = 5, n2 = 2, n3 = 1, n4 = 0; Y = 5 / (5 + 2·2) = 5/9
  //   D1 = 1 − 2·Y·2/5 = 5/9   D2 = 2 − 3·Y·1/2 = 7/6     D3+ = 3
  const [first, second] = kneserNeyDiscounts(await count(text, 2));
  [1 / 5, 17 / 10, 3].forEach((amount, i) => void expect(first![i]).toBeCloseTo(amount, 12));
  [5 / 9, 7 / 6, 3].forEach((amount, i) => void expect(second![i]).toBeCloseTo(amount, 12));
});

test('modified Kneser-Ney, worked by hand', async () => {
  const model = kneserNey(await count(text, 2));
  // γ() = (D1·1 + D2·2 + D3·1) / 8 = (0.2 + 3.4 + 3) / 8 = 0.825, over a, b, c, </s>, <unk>: 0.165 each
  expect(probability(model, '', 'a')).toBeCloseTo((2 - 1.7) / 8 + 0.165, 12); // 0.2025
  expect(probability(model, '', 'c')).toBeCloseTo((1 - 0.2) / 8 + 0.165, 12); // 0.265
  expect(probability(model, '', '</s>')).toBeCloseTo((3 - 3) / 8 + 0.165, 12);
  expect(probability(model, '', '<unk>')).toBeCloseTo(0.165, 12);
  // γ(a) = (7/6 + 5/9 + 5/9) / 4 = 41/72
  expect(probability(model, 'a', 'b')).toBeCloseTo((2 - 7 / 6) / 4 + (41 / 72) * 0.2025, 12);
  expect(probability(model, 'a', 'c')).toBeCloseTo((1 - 5 / 9) / 4 + (41 / 72) * 0.265, 12);
  expect(probability(model, 'a', 'a')).toBeCloseTo((41 / 72) * 0.2025, 12);
  expect(probability(model, 'a', 'never seen')).toBeCloseTo((41 / 72) * 0.165, 12);
  // γ(<s>) = (3 + 5/9) / 4 = 8/9
  expect(probability(model, '<s>', 'a')).toBeCloseTo((3 - 3) / 4 + (8 / 9) * 0.2025, 12);
});

test('one discount per order, worked by hand', async () => {
  // D = n1 / (n1 + 2 n2): 1/5 for single tokens, 5/9 for pairs. γ() = 4 · 0.2 / 8 = 0.1, 0.02 each
  const model = kneserNey(await count(text, 2), { discounts: 'single' });
  expect(probability(model, '', 'a')).toBeCloseTo(1.8 / 8 + 0.02, 12); // 0.245
  // γ(a) = 3 · 5/9 / 4 = 5/12
  expect(probability(model, 'a', 'b')).toBeCloseTo((2 - 5 / 9) / 4 + (5 / 12) * 0.245, 12);
});

test('pruning gives whole counts to the back-off, worked by hand', async () => {
  const model = kneserNey(await count(text, 2), { prune: [0, 1] });
  expect(levelSizes(model.trie)).toEqual([6, 3]); // <s> a, a b, b </s>
  // γ(a) = (D2 + 1 + 1) / 4 = 19/24; γ(c) = 1: all was pruned
  expect(probability(model, 'a', 'b')).toBeCloseTo((2 - 7 / 6) / 4 + (19 / 24) * 0.2025, 12);
  expect(probability(model, 'a', 'c')).toBeCloseTo((19 / 24) * 0.265, 12);
  expect(probability(model, 'c', '</s>')).toBeCloseTo(0.165, 12);
});

test('without the uniform, the unknown token gets what was discounted', async () => {
  const model = kneserNey(await count(text, 2), { interpolateUnigrams: false });
  expect(probability(model, '', '<unk>')).toBeCloseTo(0.825, 12);
  expect(probability(model, '', 'a')).toBeCloseTo(0.3 / 8, 12);
});

/** Interpolated Kneser-Ney by its definition, over lists of sentences: slow, and nothing in common with the package. */
function byDefinition(
  sentences: number[][],
  discounts: Discount[],
  { size, begin }: TokenIds,
  prune: number[],
) {
  const order = discounts.length;
  const starts = sentences.flatMap((ids) => ids.map((_, start) => ids.slice(start)));
  const occurs = (ngram: number[]) => starts.filter((rest) => ngram.every((id, i) => rest[i] === id)).length;
  const tokens = Array.from({ length: size }, (_, id) => id);
  const adjusted = (ngram: number[]): number => {
    if (ngram.length === 1 && ngram[0] === begin) return 0;
    if (ngram.length === order || ngram[0] === begin) return occurs(ngram);
    const left = tokens.filter((id) => occurs([id, ...ngram]) > 0).length;
    return left === 0 && occurs(ngram) > 0 ? 1 : left;
  };
  return function probability(context: number[], id: number): number {
    const discount = (a: number) => (a === 0 ? 0 : discounts[context.length]![Math.min(a, 3) - 1]!);
    const isPruned = (next: number) =>
      context.length > 0 && occurs([...context, next]) <= (prune[context.length] ?? 0);
    const uniform = 1 / (begin === undefined ? size : size - 1);
    const shorter = context.length === 0 ? uniform : probability(context.slice(1), id);
    const counts = tokens.map((next) => adjusted([...context, next]));
    const total = counts.reduce((a, b) => a + b, 0);
    if (total === 0) return shorter;
    const gamma = counts.reduce((sum, a, next) => sum + (isPruned(next) ? a : discount(a)), 0) / total;
    return (isPruned(id) ? 0 : (counts[id]! - discount(counts[id]!)) / total) + gamma * shorter;
  };
}

const orders = fc.integer({ min: 1, max: 4 });
const cutoffs = fc.constantFrom<number[]>([0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 1, 2]);
const options = { fallback: fallbackDiscount };

/** Every context that occurred, and two that did not: the distribution sums to 1 and is the definition's. */
async function agreesWithDefinition(
  sequences: number[][],
  order: number,
  vocabulary: TokenIds,
  cutoffs: number[],
): Promise<void> {
  const prune = cutoffs.slice(0, order);
  const counts = await countNgrams(sequences, { order, vocabulary });
  const model = kneserNey(counts, { ...options, prune });
  const probability = byDefinition(sequences, kneserNeyDiscounts(counts, options), vocabulary, prune);
  for (const ids of [[], ...sequences, [5, 5, 5], [0, 3]]) {
    for (let length = 0; length <= ids.length; length++) {
      const context = ids.slice(0, length);
      const remembered = order === 1 ? [] : context.slice(1 - order);
      if (context.at(-1) === vocabulary.end) continue; // a sentence is over: nothing is defined to follow
      const logProbs = model.logProbs(model.stateAfter(context));
      expect(logProbs.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 10);
      logProbs.forEach((logProb, id) => {
        const expected = id === vocabulary.begin ? 0 : probability(remembered, id);
        expect(Math.exp(logProb)).toBeCloseTo(expected, 10);
      });
    }
  }
}

test('agrees with the definition on sentences', async () => {
  const vocabulary = { size: 6, unknown: 0, begin: 1, end: 2 };
  const sentence = fc.array(fc.integer({ min: 3, max: 5 }), { maxLength: 6 }).map((ids) => [1, ...ids, 2]);
  const sentences = fc.array(sentence, { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sentences, orders, cutoffs, (ids, order, prune) =>
      agreesWithDefinition(ids, order, vocabulary, prune),
    ),
    { numRuns: 40 },
  );
});

test('agrees with the definition on an endless stream', async () => {
  const stream = fc.array(fc.nat(4), { minLength: 1, maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(stream, orders, cutoffs, (ids, order, prune) =>
      agreesWithDefinition([ids], order, { size: 6 }, prune),
    ),
    { numRuns: 40 },
  );
});

test('an order whose discounts cannot be estimated is an error, unless there is a fallback', async () => {
  // every pair occurs once: none counts 2
  const counts = await count('a b c\n', 2);
  expect(() => kneserNey(counts)).toThrow(DiscountError);
  expect(() => kneserNey(counts)).toThrow('discount of 1-grams: none counts 2');
  expect(() => kneserNey(counts, { discounts: 'single' })).toThrow(DiscountError);
  expect(kneserNeyDiscounts(counts, options)).toEqual([fallbackDiscount, fallbackDiscount]);
  // adjusted counts 1 1 1 1 (a, b, c, </s>): γ() = 4 · 0.5 / 4, over a, b, c, </s>, <unk>
  expect(probability(kneserNey(counts, options), '', 'a')).toBeCloseTo(0.5 / 4 + 0.5 / 5, 12);
});

test('a corpus of one token', async () => {
  const counts = await count('a', 3);
  expect(() => kneserNey(counts)).toThrow('discount of 1-grams: none counts 2');
  const model = kneserNey(counts, options);
  // adjusted counts: a 1, </s> 1; γ() = 2 · 0.5 / 2, over a, </s>, <unk>: 1/6 each
  expect(probability(model, '', 'a')).toBeCloseTo(0.5 / 2 + 1 / 6, 12);
  // <s> a occurred once, and nothing else after <s>: 0.5 + 0.5 · p(a)
  expect(probability(model, '<s>', 'a')).toBeCloseTo(0.5 + 0.5 * (5 / 12), 12);
  const stream = kneserNey(await countNgrams([[0]], { order: 2, vocabulary: { size: 1 } }), options);
  expect(Math.exp(stream.step(stream.nullContext, 0).logProb)).toBeCloseTo(1, 12);
});

test('discounts out of range are an error', async () => {
  // single tokens with 1, 2 and 3 left neighbours: n1 = 4 (x y z a), n2 = 1 (b), n3 = 6 (c to h)
  //   Y = 4 / (4 + 2·1) = 2/3, D2 = 2 − 3·Y·6/1 = −10
  const many = ['c', 'd', 'e', 'f', 'g', 'h'].flatMap((w) => [`x ${w}`, `y ${w}`, `z ${w}`]);
  const counts = await count(['a', 'x b', 'y b', ...many].join('\n'), 2);
  expect(() => kneserNey(counts)).toThrow('discount of 1-grams: for count 2 it would be -10.000');
});

test('says what is wrong with an empty corpus and with pruning that cannot be', async () => {
  const empty = await countNgrams([], { order: 2, vocabulary: { size: 3 } });
  expect(() => kneserNey(empty)).toThrow('the counts are empty');
  const counts = await count(text, 2);
  for (const prune of [[1], [0, 1, 1], [0, 0.5], [0, -1]]) {
    expect(() => kneserNey(counts, { prune })).toThrow(RangeError);
  }
  expect(() => kneserNey({ ...counts, vocabulary: { size: 6 } }, { interpolateUnigrams: false })).toThrow(
    'the vocabulary has none',
  );
});
