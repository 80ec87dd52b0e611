import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { kneserNey } from './kneser-ney.ts';
import { generate, sampleId, topContinuations } from './sample.ts';
import { encodeSentences, splitSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

const logProbs = Float64Array.of(0.1, 0.4, 0, 0.3, 0.2).map(Math.log);

/** What is drawn at 1,000 evenly spaced random numbers, as shares. */
function shares(options: Partial<Parameters<typeof sampleId>[1]>): number[] {
  const drawn = [0, 0, 0, 0, 0];
  for (let i = 0; i < 1000; i++)
    drawn[sampleId(logProbs, { random: () => (i + 0.5) / 1000, ...options })]! += 1 / 1000;
  return drawn;
}

function expectShares(options: Partial<Parameters<typeof sampleId>[1]>, expected: number[]): void {
  shares(options).forEach((share, id) => void expect(share).toBeCloseTo(expected[id]!, 2));
}

test('draws in proportion to probability', () => expectShares({}, [0.1, 0.4, 0, 0.3, 0.2]));

test('temperature ½ squares the probabilities', () => {
  // 0.01, 0.16, 0, 0.09, 0.04, together 0.3
  expectShares({ temperature: 0.5 }, [1 / 30, 16 / 30, 0, 9 / 30, 4 / 30]);
});

test('temperature 0 takes the most probable', () => expectShares({ temperature: 0 }, [0, 1, 0, 0, 0]));

test('topK keeps the k most probable', () => expectShares({ topK: 2 }, [0, 4 / 7, 0, 3 / 7, 0]));

test('topP keeps the fewest that reach p', () => {
  expectShares({ topP: 0.65 }, [0, 4 / 7, 0, 3 / 7, 0]); // 0.4 is too little, 0.4 + 0.3 is enough
  expectShares({ topP: 0.001 }, [0, 1, 0, 0, 0]);
});

test('topP counts within what topK left', () => {
  // of 0.4, 0.3, 0.2 the first two are 7/9 = 0.78
  expectShares({ topK: 3, topP: 0.75 }, [0, 4 / 7, 0, 3 / 7, 0]);
});

test('never draws what has no probability, whatever the random number', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (r) => {
      expect(sampleId(logProbs, { random: () => r })).not.toBe(2);
    }),
  );
});

test('says what is wrong with the settings', () => {
  const random = () => 0.5;
  expect(() => sampleId(logProbs, { random, temperature: -1 })).toThrow('temperature is -1');
  // −∞ / ∞ is no number: an impossible token would be drawn.
  expect(() => sampleId(logProbs, { random, temperature: Number.POSITIVE_INFINITY })).toThrow(RangeError);
  expect(() => sampleId(logProbs, { random, topK: 0 })).toThrow('topK is 0');
  expect(() => sampleId(logProbs, { random, topP: 1.5 })).toThrow('topP is 1.5');
  expect(() => sampleId(Float64Array.of(Number.NEGATIVE_INFINITY), { random })).toThrow('no token');
});

async function model() {
  const vocabulary = new Vocabulary(arpaTokens);
  const ids = encodeSentences(splitSentences(['a b\na b\nb a\na c\n']), vocabulary, { grow: true });
  return kneserNey(await countNgrams(ids, { order: 2, vocabulary }));
}

test('lists the most probable continuations', async () => {
  const trained = await model();
  // after a, by hand in kneser-ney.test.ts: b 0.324, c 0.262, </s> (1 − 5/9)/4 + 41/72 · 0.165 = 0.205
  const top = topContinuations(trained, trained.stateAfter([trained.vocabulary.id('a')!]), 3);
  expect(top.map(({ id }) => trained.vocabulary.token(id))).toEqual(['b', 'c', '</s>']);
  expect(top[2]!.logProb).toBeCloseTo(Math.log(4 / 36 + (41 / 72) * 0.165), 12);
});

test('writes sentences that end, without the unknown token', async () => {
  const trained = await model();
  const { unknown, end, begin } = trained.vocabulary;
  const numbers = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
    minLength: 20,
    maxLength: 20,
  });
  fc.assert(
    fc.property(numbers, (list) => {
      let i = 0;
      const ids = [...generate(trained, { random: () => list[i++]!, maxTokens: 20 })];
      expect(ids.length).toBeLessThanOrEqual(20);
      for (const id of ids) expect([unknown, end, begin]).not.toContain(id);
    }),
  );
});

test('one seed writes one text, and a prompt decides what follows', async () => {
  const trained = await model();
  const prompt = [trained.vocabulary.id('a')!];
  const write = () => [...generate(trained, { random: () => 0, temperature: 0, prompt, maxTokens: 3 })];
  expect(write()).toEqual(write());
  expect(trained.vocabulary.token(write()[0]!)).toBe('b');
});
