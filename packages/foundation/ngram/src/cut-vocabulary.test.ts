import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { cutVocabulary } from './cut-vocabulary.ts';
import { fallbackDiscount } from './discounts.ts';
import { kneserNey } from './kneser-ney.ts';
import { encodeSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

test('counts what would have been counted with the rare tokens unknown', async () => {
  const sentence = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 7 });
  const text = fc.array(sentence, { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 4 }), fc.nat(6), async (text, order, minCount) => {
      const vocabulary = new Vocabulary(arpaTokens);
      const counts = await countNgrams(encodeSentences(text, vocabulary, { grow: true }), {
        order,
        vocabulary,
      });
      const cut = cutVocabulary(counts, minCount);

      const all = text.flat();
      const known = new Vocabulary(arpaTokens);
      for (const token of all)
        if (all.filter((other) => other === token).length >= minCount) known.add(token);
      const expected = await countNgrams(encodeSentences(text, known), { order, vocabulary: known });
      expect(cut.trie).toEqual(expected.trie);
      expect(cut.count).toEqual(expected.count);
      expect(cut.vocabulary.size).toBe(known.size);
      for (let id = 0; id < known.size; id++) expect(cut.vocabulary.token(id)).toBe(known.token(id));
    }),
  );
});

test('the unknown token then has counts, and distributions still sum to 1', async () => {
  const vocabulary = new Vocabulary(arpaTokens);
  const text = [
    ['a', 'b', 'a'],
    ['a', 'x'],
    ['y', 'a', 'b'],
  ];
  const counts = await countNgrams(encodeSentences(text, vocabulary, { grow: true }), {
    order: 2,
    vocabulary,
  });
  for (const interpolateUnigrams of [true, false]) {
    const model = kneserNey(cutVocabulary(counts, 2), { fallback: fallbackDiscount, interpolateUnigrams });
    const state = model.stateAfter([model.vocabulary.id('a')!]);
    // (a x) is now (a <unk>), an n-gram that was seen
    expect(model.step(state, 0).order).toBe(2);
    expect(model.logProbs(state).reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 12);
  }
});

test('needs an unknown token', async () => {
  const vocabulary = new Vocabulary<string>();
  vocabulary.add('a');
  const counts = await countNgrams([[0]], { order: 1, vocabulary });
  expect(() => cutVocabulary(counts, 2)).toThrow('no unknown token');
});
