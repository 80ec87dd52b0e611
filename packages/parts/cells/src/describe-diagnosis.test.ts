import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeDiagnosis } from './describe-diagnosis.ts';
import { type DiagnoseOptions, diagnose } from './diagnose.ts';
import { rnn } from './rnn.ts';

beforeAll(() => startRuntime());

/** An rnn of one unit at rest, h′ = tanh(w h) with h = 0: every step takes the gradient times w. */
function wordsOf(w: number, time: number, options: DiagnoseOptions<tf.Tensor2D> = {}) {
  const params = {
    inputKernel: tf.zeros<tf.Rank.R2>([1, 1]),
    recurrentKernel: tf.tensor2d([[w]]),
    bias: tf.zeros<tf.Rank.R1>([1]),
  };
  const inputs = tf.zeros<tf.Rank.R3>([1, time, 1]);
  const seen = diagnose(rnn, params, inputs, ({ finalState }) => tf.sum(finalState), options);
  return describeDiagnosis(seen, options);
}

test('an rnn that forgets: the gradient vanishes', () => {
  // 0.1¹⁰, and 1 / (1 − 0.1) = 1.1 steps
  const [sentence, ...others] = wordsOf(0.1, 11);
  expect(sentence).toContain('reaches step 1 is 1e-10 of that at step 11: it vanishes, and goes back some 1.1 steps. Try lstm or gru'); // biome-ignore format: one sentence
  expect(others).toEqual([]);
});

test('a cell with gates is not told to take one', () => {
  const seen = { effectiveMemory: 1.1, gateSaturation: { forget: { shut: 0, open: 0 } } };
  const words = (state: number[]) =>
    describeDiagnosis({ ...seen, gradientNorms: { state, input: [] } } as never)[0];
  expect(words([1e-9, 1])).toMatch(/it vanishes, .* Try a larger forget bias \(or `chrono`\), an orthogonal/);
  expect(words([1e9, 1])).toMatch(/it explodes\. Clip .* norm, try a smaller or an orthogonal/);
});

test('an rnn that runs away: the gradient explodes', () => {
  // 2¹⁰ = 1024
  expect(wordsOf(2, 11)).toEqual([
    expect.stringContaining('reaches step 1 is 1000 times that at step 11: it explodes. Clip'),
  ]);
  // 10⁶⁰ is no float32
  expect(wordsOf(10, 61)).toEqual([expect.stringMatching(/is (Infinity|NaN): it exploded/)]);
});

test('in reverse the last step is the far one', () => {
  expect(wordsOf(0.1, 11, { reverse: true })[0]).toContain('reaches step 11 is 1e-10 of that at step 1: it');
});

test('nothing is said of a gradient that lives, and steps after the end do not count', () => {
  expect(wordsOf(0.9, 11)).toEqual([]); // 0.9¹⁰ = 0.35
  expect(wordsOf(0.9, 11, { lengths: [5] })).toEqual([]);
});

test('a gradient that died to nothing, or never was', () => {
  expect(wordsOf(1e-9, 11)[0]).toContain('reaches step 1 is 0 of that at step 11: it vanishes');
  const nothing = { gradientNorms: { state: [0, 0], parts: {} }, effectiveMemory: 0, gateSaturation: {} };
  expect(describeDiagnosis(nothing)).toEqual([expect.stringContaining('No gradient reaches the state')]);
});

test('gates that are stuck are named', () => {
  const gateSaturation = {
    forget: { shut: 0.97, open: 0 },
    input: { shut: 0.5, open: 0.5 },
    output: { shut: 0, open: 1 },
  };
  const fine = { gradientNorms: { state: [1, 1], parts: {} }, effectiveMemory: 2, gateSaturation };
  expect(describeDiagnosis(fine)).toEqual([
    expect.stringContaining('The gate `forget` is shut (below 0.1) for 97 % of its values'),
    expect.stringContaining('The gate `output` is wide open (above 0.9) for 100 % of its values'),
  ]);
});
