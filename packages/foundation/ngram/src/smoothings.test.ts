import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { absoluteDiscounting } from './absolute-discounting.ts';
import { addK } from './add-k.ts';
import { countNgrams } from './count-ngrams.ts';
import { fallbackDiscount } from './discounts.ts';
import { jelinekMercer, jelinekMercerWeights } from './jelinek-mercer.ts';
import { katz } from './katz.ts';
import { kneserNey } from './kneser-ney.ts';
import { maximumLikelihood } from './maximum-likelihood.ts';
import type { NgramCounts } from './ngram-counts.ts';
import type { NgramModel } from './ngram-model.ts';
import { scoreStream } from './score.ts';
import { encodeSentences, splitSentences } from './sentences.ts';
import { stupidBackoff } from './stupid-backoff.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';
import { wittenBell } from './witten-bell.ts';

// single tokens: a 4, b 3, c 1, </s> 4, together 12; after a: b 2, c 1, </s> 1; after <s>: a 3, b 1; after c: </s> 1
// tokens that can be predicted: <unk> </s> a b c
const text = 'a b\na b\nb a\na c\n';

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

test('maximum likelihood', async () => {
  const model = maximumLikelihood(await count(text, 2));
  expect(probability(model, '', 'a')).toBeCloseTo(4 / 12, 12);
  expect(probability(model, 'a', 'b')).toBeCloseTo(2 / 4, 12);
  expect(probability(model, 'a', 'a')).toBe(0);
  expect(probability(model, 'zebra', 'a')).toBeCloseTo(4 / 12, 12);
});

test('add-k', async () => {
  const pairs = addK(await count(text, 2), 1);
  expect(probability(pairs, 'a', 'b')).toBeCloseTo((2 + 1) / (4 + 5), 12);
  expect(probability(pairs, 'a', 'a')).toBeCloseTo(1 / (4 + 5), 12);
  expect(probability(pairs, '<s>', 'a')).toBeCloseTo((3 + 1) / (4 + 5), 12);
  expect(probability(pairs, 'zebra', 'a')).toBeCloseTo(1 / 5, 12);
  const triples = addK(await count(text, 3), 0.5);
  // (a b) occurred twice, each time before </s>; (b b) never; (<s> c) never, though <s> did
  expect(probability(triples, 'a b', '</s>')).toBeCloseTo((2 + 0.5) / (2 + 2.5), 12);
  expect(probability(triples, 'a b', 'c')).toBeCloseTo(0.5 / (2 + 2.5), 12);
  expect(probability(triples, 'b b', '</s>')).toBeCloseTo(1 / 5, 12);
  expect(probability(triples, '<s>', 'a')).toBeCloseTo((3 + 0.5) / (4 + 2.5), 12);
});

test('Witten-Bell', async () => {
  const model = wittenBell(await count(text, 2));
  // 4 types in 12 places: p(b) = (3 + 4 · 1/5) / 16; 3 types in 4 places after a
  const b = (3 + 4 / 5) / 16;
  expect(probability(model, '', 'b')).toBeCloseTo(b, 12);
  expect(probability(model, 'a', 'b')).toBeCloseTo((2 + 3 * b) / 7, 12);
});

test('absolute discounting', async () => {
  // single tokens: n1 = 1, n2 = 0: nothing to estimate from; half off each by request, γ() = 4 · 0.5 / 12
  const model = absoluteDiscounting(await count(text, 2), { fallback: [0.5, 0.5, 0.5] });
  const b = 2.5 / 12 + (2 / 12) * (1 / 5);
  expect(probability(model, '', 'b')).toBeCloseTo(b, 12);
  // pairs: n1 = 5, n2 = 2: D = 5/9
  expect(probability(model, 'a', 'b')).toBeCloseTo((2 - 5 / 9) / 4 + ((3 * 5) / 9 / 4) * b, 12);
});

test('Katz', async () => {
  // pairs: n1 = 5, n2 = 2, n3 = 1. Discounting 1 and 2: excess 3·n3/n1 = 3/5
  //   1 → (2·2/5 − 3/5) / (1 − 3/5) = 1/2      2 → (3·1/(2·2) − 3/5) / (2/5) = 3/8
  // single tokens: n1 = 1, n2 = 0, n3 = 1: excess 3, 1 → (0 − 3) / (1 − 3) = 3/2 and 2 → undefined: left as they are,
  //   so one more is counted: 13 instead of 12, and the 1/13 goes to <unk>
  const model = katz(await count(text, 2), { largestDiscounted: 2 });
  expect(probability(model, '', 'a')).toBeCloseTo(4 / 13, 12);
  expect(probability(model, '', '<unk>')).toBeCloseTo(1 / 13, 12);
  expect(probability(model, 'a', 'b')).toBeCloseTo((2 * (3 / 8)) / 4, 12);
  expect(probability(model, 'a', 'c')).toBeCloseTo((1 * (1 / 2)) / 4, 12);
  // left after a: 1 − (0.75 + 0.5 + 0.5) / 4 = 9/16, for a and <unk>, which have 5/13
  expect(probability(model, 'a', 'a')).toBeCloseTo(((9 / 16) * (4 / 13)) / (5 / 13), 12);
});

test('stupid back-off', async () => {
  const model = stupidBackoff(await count(text, 2));
  expect(probability(model, 'a', 'b')).toBeCloseTo(2 / 4, 12);
  expect(probability(model, 'a', 'a')).toBeCloseTo(0.4 * (4 / 12), 12);
  expect(probability(model, 'zebra', 'a')).toBeCloseTo(4 / 12, 12);
});

test('Jelinek-Mercer', async () => {
  const model = jelinekMercer(await count(text, 2), [0.75, 0.6]);
  const b = 0.75 * (3 / 12) + 0.25 * (1 / 5);
  expect(probability(model, '', 'b')).toBeCloseTo(b, 12);
  expect(probability(model, 'a', 'b')).toBeCloseTo(0.6 * (2 / 4) + 0.4 * b, 12);
  expect(probability(model, 'zebra', 'b')).toBeCloseTo(b, 12);
});

test('Jelinek-Mercer’s weights make held-out text more probable than any near them', async () => {
  const counts = await count('a b\na b\nb a\na c\nc b a\nb b\n', 3);
  const heldOut = async () => {
    const ids: Int32Array[] = [];
    const sentences = splitSentences(['a b a\nc b\nb zebra\nb b a c\n']);
    for await (const chunk of encodeSentences(sentences, counts.vocabulary)) ids.push(chunk);
    return ids;
  };
  const ids = await heldOut();
  const weights = await jelinekMercerWeights(counts, ids);
  const nats = async (tried: number[]) => (await scoreStream(jelinekMercer(counts, tried), ids)).totalNats;
  const best = await nats(weights);
  for (let k = 0; k < 3; k++) {
    for (const change of [-0.01, 0.01]) {
      const tried = weights.map((weight, i) =>
        Math.min(Math.max(weight + (i === k ? change : 0), 0), 0.999999),
      );
      expect(await nats(tried)).toBeGreaterThanOrEqual(best - 1e-4);
    }
  }
});

describe('every context sums to 1', () => {
  const smoothings: Record<string, (counts: NgramCounts) => NgramModel> = {
    'Kneser-Ney': (counts) => kneserNey(counts, { discounts: 'single', fallback: fallbackDiscount }),
    'modified Kneser-Ney': (counts) =>
      kneserNey(counts, { fallback: fallbackDiscount, prune: [0, 0, 1].slice(0, counts.trie.order) }),
    'absolute discounting': (counts) => absoluteDiscounting(counts, { fallback: fallbackDiscount }),
    'Witten-Bell': wittenBell,
    Katz: katz,
    'Jelinek-Mercer': (counts) => jelinekMercer(counts, [0.9, 0.5, 0.7, 0.2].slice(0, counts.trie.order)),
    'add-k': (counts) => addK(counts, 0.3),
    'maximum likelihood': maximumLikelihood,
  };
  const sentence = fc.array(fc.integer({ min: 3, max: 6 }), { maxLength: 8 }).map((ids) => [1, ...ids, 2]);
  const corpora = fc.oneof(
    fc.record({
      ids: fc.array(sentence, { minLength: 1, maxLength: 10 }).map((sentences) => sentences.flat()),
      vocabulary: fc.constant({ size: 7, unknown: 0, begin: 1, end: 2 }),
    }),
    fc.record({
      ids: fc.array(fc.nat(4), { minLength: 1, maxLength: 60 }),
      vocabulary: fc.constantFrom({ size: 5 }, { size: 6 }),
    }),
  );

  test.each(Object.entries(smoothings))('%s', async (_, estimate) => {
    await fc.assert(
      fc.asyncProperty(corpora, fc.integer({ min: 1, max: 4 }), async ({ ids, vocabulary }, order) => {
        const model = estimate(await countNgrams([ids], { order, vocabulary }));
        let state = model.nullContext;
        for (const id of [...ids, 4, 4, 3, 3]) {
          const sum = model.logProbs(state).reduce((total, logProb) => total + Math.exp(logProb), 0);
          expect(sum).toBeCloseTo(1, 10);
          state = model.stateAfter([id], state);
        }
      }),
      { numRuns: 50 },
    );
  });

  test.each(Object.entries(smoothings))('%s: not of nothing', async (_, estimate) => {
    const counts = await countNgrams([], { order: 2, vocabulary: { size: 3 } });
    expect(() => estimate(counts)).toThrow('the counts are empty');
  });
});

test('says what is wrong with the settings', async () => {
  const counts = await count(text, 2);
  expect(() => addK(counts, 0)).toThrow('k is 0, expected more than 0');
  expect(() => stupidBackoff(counts, 1.5)).toThrow('factor is 1.5');
  expect(() => katz(counts, { largestDiscounted: 0 })).toThrow('largestDiscounted is 0');
  expect(() => jelinekMercer(counts, [0.5])).toThrow('weights are [0.5], expected 2');
  expect(() => jelinekMercer(counts, [0.5, 1])).toThrow(RangeError);
  await expect(jelinekMercerWeights(counts, [])).rejects.toThrow('the held-out text is empty');
  await expect(jelinekMercerWeights(counts, [[1, 77]])).rejects.toThrow('position 1 is token id 77');
});
