import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countNgrams } from './count-ngrams.ts';
import { fallbackDiscount } from './discounts.ts';
import { Interpolation } from './interpolation.ts';
import { kneserNey } from './kneser-ney.ts';
import type { NgramModel } from './ngram-model.ts';
import { scoreStream } from './score.ts';
import { encodeSentences } from './sentences.ts';
import { arpaTokens, Vocabulary } from './vocabulary.ts';
import { wittenBell } from './witten-bell.ts';

type WordModel = NgramModel<Vocabulary<string>>;

async function train(text: string[][], order: number): Promise<WordModel> {
  const vocabulary = new Vocabulary(arpaTokens);
  const counts = await countNgrams(encodeSentences(text, vocabulary, { grow: true }), { order, vocabulary });
  return kneserNey(counts, { fallback: fallbackDiscount });
}

const words = ['a', 'b', 'c', 'd'];
const text = (some: string[]) =>
  fc.array(fc.array(fc.constantFrom(...some), { maxLength: 6 }), { minLength: 1, maxLength: 6 });
const order = fc.integer({ min: 1, max: 3 });
/** Two models that share some words, not all, and differ in the ids of those they share. */
const pairs = fc.record({
  left: text(['a', 'b', 'c']),
  right: text(['d', 'c', 'b']),
  leftOrder: order,
  rightOrder: order,
});

/** log p(word | context), -Infinity for words the model does not have if `strict`, or else as an unknown word. */
function logProb(model: WordModel, context: string[], word: string, strict: boolean): number {
  if (strict && !model.vocabulary.has(word)) return Number.NEGATIVE_INFINITY;
  const state = model.stateAfter(context.map((token) => model.vocabulary.id(token)!));
  return model.step(state, model.vocabulary.id(word)!).logProb;
}

const contexts = [[], ['<s>'], ['<s>', 'b'], ['b'], ['c', 'b'], ['d'], ['a', 'a'], ['zebra']];

describe('linear', () => {
  test('n-grams that a model has get the weighted mean; every context sums to 1', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, fc.double({ min: 0, max: 1, noNaN: true }), async (pair, weight) => {
        const [left, right] = [
          await train(pair.left, pair.leftOrder),
          await train(pair.right, pair.rightOrder),
        ];
        const mixed = new Interpolation([left, right]).linear([weight, 1 - weight]);
        for (const sentence of [...pair.left, ...pair.right]) {
          const tokens = ['<s>', ...sentence, '</s>'];
          for (let end = 1; end < tokens.length; end++) {
            const context = tokens.slice(0, end);
            const state = mixed.stateAfter(context.map((token) => mixed.vocabulary.id(token)!));
            const { logProb: got, order } = mixed.step(state, mixed.vocabulary.id(tokens[end]!)!);
            // what the mixture has as an n-gram of its own
            if (order === mixed.contextLength(state) + 1) {
              const expected =
                weight * Math.exp(logProb(left, context, tokens[end]!, true)) +
                (1 - weight) * Math.exp(logProb(right, context, tokens[end]!, true));
              expect(Math.exp(got)).toBeCloseTo(expected, 10);
            }
            expect(sum(mixed, context)).toBeCloseTo(1, 9);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test('a model with itself is itself', async () => {
    const model = await train(
      [
        ['a', 'b', 'a'],
        ['b', 'c'],
        ['a', 'b'],
      ],
      3,
    );
    const mixed = new Interpolation([model, model]).linear([0.3, 0.7]);
    for (const context of contexts) {
      for (const word of words) {
        expect(logProb(mixed, context, word, false)).toBeCloseTo(logProb(model, context, word, false), 10);
      }
    }
  });

  test('weights worked by hand: two coins', async () => {
    // one model says 0 always (nearly), the other 1: after 3 zeros and 1 one the best mixture is 3/4, 1/4
    const coin = async (ids: number[]) =>
      wittenBell(await countNgrams([ids], { order: 1, vocabulary: { size: 2 } }));
    const zeros = await coin(new Array(100_000).fill(0)); // p(1) = ½ / 100,001
    const ones = await coin(new Array(100_000).fill(1));
    const [first, second] = await new Interpolation([zeros, ones]).linearWeights([[0, 0, 1, 0]]);
    expect(first).toBeCloseTo(0.75, 4);
    expect(second).toBeCloseTo(0.25, 4);
  });
});

describe('log-linear', () => {
  test('is the normalised product, in every context', async () => {
    const weights = fc.tuple(
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: 0, max: 2, noNaN: true }),
    );
    await fc.assert(
      fc.asyncProperty(pairs, weights, async (pair, [v, w]) => {
        const [left, right] = [
          await train(pair.left, pair.leftOrder),
          await train(pair.right, pair.rightOrder),
        ];
        const interpolation = new Interpolation([left, right]);
        const mixed = interpolation.logLinear([v, w]);
        const tokens = Array.from({ length: mixed.vocabulary.size }, (_, id) => mixed.vocabulary.token(id));
        const predicted = tokens.filter((token) => token !== '<s>');
        for (const context of contexts) {
          const product = predicted.map((token) =>
            Math.exp(v * logProb(left, context, token, false) + w * logProb(right, context, token, false)),
          );
          const z = product.reduce((a, b) => a + b);
          predicted.forEach((token, i) => {
            expect(Math.exp(logProb(mixed, context, token, false))).toBeCloseTo(product[i]! / z, 9);
          });
          expect(sum(mixed, context)).toBeCloseTo(1, 9);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('weights from held-out text are better than any near them', () => {
  const heldOut = [
    ['a', 'b', 'c'],
    ['b', 'd'],
    ['c', 'b', 'a'],
    ['zebra', 'b', 'a', 'b'],
  ];

  async function models(): Promise<Interpolation<Vocabulary<string>>> {
    const left = await train(
      [
        ['a', 'b', 'a'],
        ['b', 'c', 'b'],
        ['a', 'a', 'b'],
      ],
      2,
    );
    const right = await train(
      [
        ['c', 'b', 'd'],
        ['b', 'c', 'b', 'd'],
        ['d', 'a'],
      ],
      3,
    );
    return new Interpolation([left, right]);
  }

  test('log-linear', async () => {
    const interpolation = await models();
    const ids = () => encodeSentences(heldOut, interpolation.vocabulary);
    const weights = await interpolation.logLinearWeights(ids());
    const nats = async (tried: number[]) =>
      (await scoreStream(interpolation.logLinear(tried), ids())).totalNats;
    const best = await nats(weights);
    for (const [dv, dw] of [
      [0.01, 0],
      [-0.01, 0],
      [0, 0.01],
      [0, -0.01],
    ]) {
      expect(await nats([weights[0]! + dv!, weights[1]! + dw!])).toBeGreaterThan(best);
    }
  });

  test('linear', async () => {
    const interpolation = await models();
    const ids = () => encodeSentences(heldOut, interpolation.vocabulary);
    const [v, w] = await interpolation.linearWeights(ids());
    expect(v! + w!).toBeCloseTo(1, 12);
    expect(v).toBeGreaterThan(0.01);
    expect(w).toBeGreaterThan(0.01);
    // the mixture that is tuned mixes at every token; the sum of logs of that is concave in the weight
    const nats = (share: number) => {
      let total = 0;
      for (const sentence of heldOut) {
        const tokens = ['<s>', ...sentence, '</s>'];
        for (let end = 1; end < tokens.length; end++) {
          const [p, q] = parts.map((model) =>
            Math.exp(logProb(model, tokens.slice(0, end), tokens[end]!, !unknown(tokens[end]!))),
          );
          total -= Math.log(share * p! + (1 - share) * q!);
        }
      }
      return total;
    };
    const parts = [
      await train(
        [
          ['a', 'b', 'a'],
          ['b', 'c', 'b'],
          ['a', 'a', 'b'],
        ],
        2,
      ),
      await train(
        [
          ['c', 'b', 'd'],
          ['b', 'c', 'b', 'd'],
          ['d', 'a'],
        ],
        3,
      ),
    ];
    const unknown = (token: string) => token === 'zebra';
    expect(nats(v!)).toBeLessThan(nats(v! + 0.01));
    expect(nats(v!)).toBeLessThan(nats(v! - 0.01));
  });
});

test('says what does not fit', async () => {
  const left = await train([['a']], 1);
  const ids = wittenBell(await countNgrams([[0, 1]], { order: 1, vocabulary: { size: 2 } }));
  const more = wittenBell(await countNgrams([[0, 1]], { order: 1, vocabulary: { size: 3 } }));
  expect(() => new Interpolation([])).toThrow('no models');
  expect(() => new Interpolation<{ size: number }>([left, ids])).toThrow('different special ids');
  expect(() => new Interpolation([ids, more])).toThrow('have 2, 3 token ids');
  expect(() => new Interpolation([ids, ids]).linear([0.5, 0.4])).toThrow('weights are [0.5,0.4], expected 2');
  expect(() => new Interpolation([ids, ids]).logLinear([1])).toThrow('expected 2 numbers');
  await expect(new Interpolation([ids]).linearWeights([])).rejects.toThrow('the held-out text is empty');
  await expect(new Interpolation([ids]).logLinearWeights([[5]])).rejects.toThrow('position 0 is token id 5');
});

function sum(model: WordModel, context: string[]): number {
  const state = model.stateAfter(context.map((token) => model.vocabulary.id(token)!));
  return model.logProbs(state).reduce((total, logProb) => total + Math.exp(logProb), 0);
}
