import { createRng } from '@ostinato/runtime';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type SamplingOptions, sampleToken } from './sample-token.ts';

/** How often each token comes in many draws. */
function shares(logits: number[], options: SamplingOptions, draws = 20_000): number[] {
  const rng = createRng(1);
  const counts = new Array(logits.length).fill(0);
  for (let i = 0; i < draws; i++) counts[sampleToken(Float32Array.from(logits), options, rng)]++;
  return counts.map((count) => count / draws);
}

/** 20,000 draws: a share has a standard error of at most 0.0036. */
function expectShares(got: number[], want: number[]): void {
  got.forEach((share, i) => {
    expect(Math.abs(share - want[i]!)).toBeLessThan(0.015);
  });
}

const logits = [Math.log(0.5), Math.log(0.3), Math.log(0.2)];

test('draws as often as the probabilities say', () => {
  expectShares(shares(logits, {}), [0.5, 0.3, 0.2]);
});

test('temperature ½ squares the probabilities, 0 takes the likeliest', () => {
  // 0.25, 0.09, 0.04 over 0.38
  expectShares(shares(logits, { temperature: 0.5 }), [0.6579, 0.2368, 0.1053]);
  expectShares(shares(logits, { temperature: 0 }), [1, 0, 0]);
});

test('top-k and top-p keep the likeliest and share what is left', () => {
  expectShares(shares(logits, { topK: 2 }), [0.625, 0.375, 0]);
  expectShares(shares(logits, { topP: 0.6 }), [0.625, 0.375, 0]); // 0.5 does not reach 0.6, 0.8 does
  expectShares(shares(logits, { topP: 0.4 }), [1, 0, 0]);
  expectShares(shares(logits, { topK: 2, topP: 0.6 }), [1, 0, 0]); // of the two, 0.625 reaches 0.6
});

test('excluded tokens never come', () => {
  expectShares(shares(logits, { exclude: [0] }), [0, 0.6, 0.4]);
  expect(() => sampleToken(Float32Array.of(1), { exclude: [0] }, createRng(1))).toThrow(
    'every token is excluded',
  );
});

test('of equally likely tokens top-k and top-p keep the first', () => {
  const even = [0, 0, 1, 0, 0];
  const e = Math.E;
  expectShares(shares(even, { topK: 3 }), [1 / (2 + e), 1 / (2 + e), e / (2 + e), 0, 0]);
  // e and one of four ones, of e + 4 = 6.72: 2.72 does not reach 3.36, 3.72 does
  expectShares(shares(even, { topP: 0.5 }), [1 / (1 + e), 0, e / (1 + e), 0, 0]);
});

test('the likeliest is the likeliest, however little it is ahead', () => {
  // At a temperature so high e to the difference is 1, and so it is for so small a difference.
  expectShares(shares([-3, 2], { topK: 1, temperature: 1e17 }, 100), [0, 1]);
  expectShares(shares([0, 1e-20], { topK: 1 }, 100), [0, 1]);
  expectShares(shares([0, 1e-20], { topP: 0.5 }, 100), [0, 1]);
});

test('always an allowed token, whatever the logits', () => {
  const logit = fc.oneof(
    fc.float({ noNaN: true, min: Math.fround(-1e30), max: Math.fround(1e30) }),
    fc.constant(Number.NEGATIVE_INFINITY),
  );
  fc.assert(
    fc.property(
      fc.array(logit, { minLength: 1 }),
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.integer({ min: 1, max: 12 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer(),
      (list, temperature, topK, topP, seed) => {
        fc.pre(list.some((value) => value > Number.NEGATIVE_INFINITY));
        const logits = Float32Array.from(list);
        const id = sampleToken(logits, { temperature, topK, topP }, createRng(seed));
        expect(logits[id]).toBeGreaterThan(Number.NEGATIVE_INFINITY);
        expect(logits.filter((logit) => logit > logits[id]!).length).toBeLessThan(topK);
      },
    ),
  );
});

test.each([
  [[0, Number.NaN], {}, 'the logit of token 1 is NaN'],
  [[Number.POSITIVE_INFINITY, 0], {}, 'the logit of token 0 is Infinity'],
  [[0, 0], { topK: 0 }, 'sampleToken: `topK` is 0'],
  [[0, 0], { temperature: -1 }, '`temperature` is -1'],
])('refuses the logits %j with %j', (list, options, message) => {
  expect(() => sampleToken(Float32Array.from(list), options, createRng(1))).toThrow(message);
});
