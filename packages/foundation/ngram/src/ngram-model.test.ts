import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { fallbackDiscount } from './discounts.ts';
import { kneserNey } from './kneser-ney.ts';
import { NgramModel } from './ngram-model.ts';
import { assembleTrie } from './ngram-trie.ts';

/**
 * A model by hand over tokens 0, 1, 2 with 2 never seen alone:
 *   p(0) = 0.5, p(1) = 0.3, p(2) = 0.2; pairs (0 1) 0.6, (1 0) 0.9; triple (1 0 1) 0.7
 *   back-off: 0 → 0.8, 1 → 0.2, (0 1) → none, (1 0) → 0.4
 */
function handMade(): NgramModel {
  const trie = assembleTrie(3, [
    { first: Int32Array.of(0, 1, 2, 2), token: Int32Array.of(1, 0) },
    { first: Int32Array.of(0, 0, 1), token: Int32Array.of(1) },
  ]);
  return new NgramModel({
    trie,
    vocabulary: { size: 3 },
    logProb: Float64Array.of(0, 0.5, 0.3, 0.2, 0.6, 0.9, 0.7).map(Math.log),
    logBackoff: Float64Array.of(1, 0.8, 0.2, 1, 1, 0.4).map(Math.log),
  });
}

test('takes the longest n-gram there is, and pays a back-off for each shortening', () => {
  const model = handMade();
  const after10 = model.stateAfter([1, 0]);
  expect(model.contextLength(after10)).toBe(2);
  // (1 0 1) is there; then (0 1) is no context, so (1) remains
  const seen = model.step(after10, 1);
  expect(seen.logProb).toBeCloseTo(Math.log(0.7), 12);
  expect(seen.order).toBe(3);
  expect(seen.state).toBe(model.stateAfter([1]));
  // (1 0 0) and (0 0) are not: 0.4 · 0.8 · p(0)
  const unseen = model.step(after10, 0);
  expect(unseen.logProb).toBeCloseTo(Math.log(0.4 * 0.8 * 0.5), 12);
  expect(unseen.order).toBe(1);
  expect(unseen.state).toBe(model.stateAfter([0]));
  // nothing begins with 2
  expect(model.step(after10, 2).state).toBe(model.nullContext);
});

test('the distribution is what the steps say', () => {
  const model = handMade();
  for (const context of [[], [0], [1], [2], [1, 0], [0, 1]]) {
    const state = model.stateAfter(context);
    expect([...model.logProbs(state)]).toEqual([0, 1, 2].map((id) => model.step(state, id).logProb));
  }
});

test('two histories with one state have one future', async () => {
  const stream = fc.array(fc.nat(3), { minLength: 2, maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(
      stream,
      fc.array(fc.nat(3)),
      fc.array(fc.nat(3), { maxLength: 6 }),
      async (ids, history, future) => {
        const model = kneserNey(await countNgrams([ids], { order: 3, vocabulary: { size: 4 } }), {
          fallback: fallbackDiscount,
        });
        // one pair is all that an order 3 model can remember
        let [long, short] = [model.stateAfter(history), model.stateAfter(history.slice(-2))];
        for (const id of future) {
          expect(long).toBe(short);
          expect(model.step(long, id)).toEqual(model.step(short, id));
          [long, short] = [model.step(long, id).state, model.step(short, id).state];
        }
      },
    ),
  );
});

test('says which context token is outside the vocabulary', () => {
  expect(() => handMade().stateAfter([0, 3])).toThrow(
    'entry 1 is token id 3, expected an integer from 0 to 2',
  );
});
