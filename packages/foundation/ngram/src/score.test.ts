import { expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { kneserNey } from './kneser-ney.ts';
import { perplexity, perplexityKnown, scoreSentence, scoreStream, scoreTokens } from './score.ts';
import { encodeSentences, splitLines, splitSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';

// Worked by hand in kneser-ney.test.ts:
//   p(a|<s>) = 8/9 · 0.2025 = 0.18
//   p(c|a) = 1/9 + 41/72 · 0.265
//   p(</s>|c): c </s> once and nothing else, γ(c) = 5/9: 4/9 + 5/9 · 0.165
//   p(<unk>|a) = 41/72 · 0.165, and p(</s>) = 0.165 after it
const ac = -Math.log(0.18) - Math.log(1 / 9 + (41 / 72) * 0.265) - Math.log(4 / 9 + (5 / 9) * 0.165);
const unknown = -Math.log((41 / 72) * 0.165);
const aUnknown = -Math.log(0.18) + unknown - Math.log(0.165);

async function model() {
  const vocabulary = new Vocabulary(arpaTokens);
  const ids = encodeSentences(splitSentences(['a b\na b\nb a\na c\n']), vocabulary, { grow: true });
  return kneserNey(await countNgrams(ids, { order: 2, vocabulary }));
}

test('a sentence is scored from its begin to its end', async () => {
  const { vocabulary } = await model();
  const score = scoreSentence(await model(), [vocabulary.id('a')!, vocabulary.id('c')!]);
  expect(score).toEqual({
    totalNats: expect.closeTo(ac, 12),
    tokens: 3,
    unknown: 0,
    knownNats: expect.closeTo(ac, 12),
  });
});

test('a stream of sentences is the sum of its sentences, with and without unknown tokens', async () => {
  const trained = await model();
  const score = await scoreStream(
    trained,
    encodeSentences(splitSentences(['a c\na zebra\n']), trained.vocabulary),
  );
  expect(score.tokens).toBe(6);
  expect(score.unknown).toBe(1);
  expect(score.totalNats).toBeCloseTo(ac + aUnknown, 12);
  expect(score.knownNats).toBeCloseTo(ac + aUnknown - unknown, 12);
  expect(perplexity(score)).toBeCloseTo(Math.exp((ac + aUnknown) / 6), 10);
  expect(perplexityKnown(score)).toBeCloseTo(Math.exp((ac + aUnknown - unknown) / 5), 10);
});

test('an endless stream carries its context over the ends of chunks', async () => {
  const ids = [0, 1, 2, 0, 1, 0, 2, 2, 1, 0, 0, 1, 1, 1, 1];
  const stream = kneserNey(await countNgrams([ids], { order: 3, vocabulary: { size: 3 } }), {
    fallback: [0.5, 1, 1.5],
  });
  const whole = await scoreStream(stream, [ids]);
  const pieces = await scoreStream(stream, [ids.slice(0, 4), [], ids.slice(4, 5), ids.slice(5)]);
  expect(pieces).toEqual(whole);
  expect(whole.tokens).toBe(15);
});

test('nothing scored has no perplexity', async () => {
  expect(perplexity(await scoreStream(await model(), []))).toBeNaN();
});

test('says which token is outside the vocabulary', async () => {
  await expect(scoreStream(await model(), [[1, 3], [99]])).rejects.toThrow('position 2 is token id 99');
});

test('token by token, with the order that decided', async () => {
  const trained = await model();
  const { vocabulary } = trained;
  const ids = ['<s>', 'a', 'zebra', '</s>', '<s>', 'a', 'c'].map((token) => vocabulary.id(token)!);
  const steps = [...scoreTokens(trained, ids)];
  expect(steps.map(({ id }) => vocabulary.token(id))).toEqual(['a', '<unk>', '</s>', 'a', 'c']);
  // a and c after their contexts were seen; nothing before the unknown token counts after it
  expect(steps.map(({ order }) => order)).toEqual([2, 1, 1, 2, 2]);
  expect(-(steps[0]!.logProb + steps[1]!.logProb + steps[2]!.logProb)).toBeCloseTo(aUnknown, 12);
  expect(() => [...scoreTokens(trained, [99])]).toThrow('entry 0 is token id 99');
});

test('a string is a sentence of characters, unknown ones included', async () => {
  const vocabulary = new Vocabulary(arpaTokens);
  const lines = splitLines(['ab ba\nab', ' a\n']);
  const characters = kneserNey(
    await countNgrams(encodeSentences(lines, vocabulary, { grow: true }), { order: 2, vocabulary }),
    { fallback: [0.5, 1, 1.5] },
  );
  expect(vocabulary.id(' ')).toBe(5);
  const score = await scoreStream(characters, encodeSentences(['a é'], vocabulary));
  expect(score).toMatchObject({ tokens: 4, unknown: 1 });
  expect(score.totalNats).toBeLessThan(Number.POSITIVE_INFINITY);
});
