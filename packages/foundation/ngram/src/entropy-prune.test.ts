import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { fallbackDiscount } from './discounts.ts';
import { entropyPrune } from './entropy-prune.ts';
import { filterNgrams } from './filter-ngrams.ts';
import { kneserNey } from './kneser-ney.ts';
import { maximumLikelihood } from './maximum-likelihood.ts';
import type { NgramModel } from './ngram-model.ts';
import { findNode, levelSizes } from './ngram-trie.ts';
import { normalizeBackoffs } from './normalize-backoffs.ts';
import { wittenBell } from './witten-bell.ts';

const stream = fc.array(fc.nat(3), { minLength: 5, maxLength: 60 });

async function train(ids: number[], order: number): Promise<NgramModel> {
  return wittenBell(await countNgrams([ids], { order, vocabulary: { size: 4 } }));
}

function distribution(model: NgramModel, context: number[]): number[] {
  return Array.from(model.logProbs(model.stateAfter(context)), Math.exp);
}

/** By how much the perplexity of the model rises without one of its longest n-grams, from whole distributions. */
function rise(model: NgramModel, ngram: number[]): number {
  const gone = findNode(model.trie, ngram);
  const without = normalizeBackoffs(filterNgrams(model, (node) => node !== gone));
  const context = ngram.slice(0, -1);
  const frequency = context.reduce((p, id, i) => p * distribution(model, context.slice(0, i))[id]!, 1);
  const after = distribution(without, context);
  const divergence = distribution(model, context).reduce(
    (sum, p, id) => sum + p * Math.log(p / after[id]!),
    0,
  );
  return Math.exp(frequency * divergence) - 1;
}

test('leaves out the longest n-grams whose loss raises perplexity by less than the threshold', async () => {
  const thresholds = fc.constantFrom(1e-4, 1e-3, 1e-2);
  await fc.assert(
    fc.asyncProperty(stream, fc.constantFrom(2, 3), thresholds, async (ids, order, threshold) => {
      const model = await train(ids, order);
      const pruned = entropyPrune(model, threshold);
      for (let start = 0; start + order <= ids.length; start++) {
        const ngram = ids.slice(start, start + order);
        const expected = rise(model, ngram);
        if (Math.abs(expected - threshold) < 1e-9) continue;
        expect(findNode(pruned.trie, ngram) >= 0).toBe(expected > threshold);
      }
    }),
    { numRuns: 60 },
  );
});

test('what remains keeps its probability, and every context still sums to 1', async () => {
  await fc.assert(
    fc.asyncProperty(stream, fc.integer({ min: 1, max: 4 }), async (ids, order) => {
      const model = await train(ids, order);
      const pruned = entropyPrune(model, 1e-3);
      for (let start = 0; start < ids.length; start++) {
        for (let k = 1; k <= order && start + k <= ids.length; k++) {
          const ngram = ids.slice(start, start + k);
          const node = findNode(pruned.trie, ngram);
          if (node >= 0)
            expect(pruned.logProb[node]).toBeCloseTo(model.logProb[findNode(model.trie, ngram)]!, 12);
          expect(distribution(pruned, ngram).reduce((a, b) => a + b)).toBeCloseTo(1, 10);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('a threshold of 0 leaves all, a high one none but single tokens', async () => {
  const model = await train([0, 1, 2, 0, 1, 0, 3, 2, 1, 0, 1, 1], 3);
  expect(levelSizes(entropyPrune(model, 0).trie)).toEqual(levelSizes(model.trie));
  const unigrams = entropyPrune(model, 1e9);
  expect(levelSizes(unigrams.trie)).toEqual([4, 0, 0]);
  expect(distribution(unigrams, [0, 1])).toEqual(distribution(model, []));
  expect(() => entropyPrune(model, -1)).toThrow('threshold is -1');
});

test('prunes models of sentences', async () => {
  const vocabulary = { size: 5, unknown: 0, begin: 1, end: 2 };
  const ids = [1, 3, 4, 2, 1, 3, 3, 2, 1, 4, 2];
  const model = kneserNey(await countNgrams([ids], { order: 3, vocabulary }), { fallback: fallbackDiscount });
  const pruned = entropyPrune(model, 0.01);
  expect(pruned.trie.token.length).toBeLessThan(model.trie.token.length);
  expect(pruned.logBackoff.length).toBe(pruned.trie.levelStart[3]);
  for (const context of [[], [1], [1, 3], [4]]) {
    expect(distribution(pruned, context).reduce((a, b) => a + b)).toBeCloseTo(1, 10);
  }
});

test('n-grams of an unsmoothed model are missed, though rounding seems to leave something beside them', async () => {
  // after 0: 1, 2 and 3, once each, and 1 - 1/3 - 1/3 - 1/3 is 1e-16 in float64
  const ids = [0, 1, 0, 2, 0, 3];
  const model = maximumLikelihood(await countNgrams([ids], { order: 2, vocabulary: { size: 4 } }));
  const pruned = entropyPrune(model, 1e-6);
  for (const id of [1, 2, 3]) expect(findNode(pruned.trie, [0, id])).toBeGreaterThan(0);
});
