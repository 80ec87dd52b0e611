import '@ostinato/test-kit';
import { createRng, mapParams, type ParamTree, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Cell } from './cell.ts';
import { gru } from './gru.ts';
import { gruResetBefore } from './gru-reset-before.ts';
import { indRnn } from './ind-rnn.ts';
import { lstm } from './lstm.ts';
import { minGru } from './min-gru.ts';
import { minLstm } from './min-lstm.ts';
import { recurrentDropout } from './recurrent-dropout.ts';
import { rnn } from './rnn.ts';
import { stack } from './stack.ts';
import { unroll } from './unroll.ts';
import { zoneout } from './zoneout.ts';

beforeAll(() => startRuntime());

/** h′ = h, so that the state shows what passed. */
const copies = () => ({
  inputKernel: tf.zeros<tf.Rank.R2>([1, 100]),
  recurrentKernel: tf.eye(100),
  bias: tf.zeros<tf.Rank.R1>([100]),
});

test('the same units are dropped at every step', () => {
  const cell = recurrentDropout(rnn, 0.5);
  const tiny = 1e-3; // where tanh(x) is x
  const { outputs } = unroll(cell, copies(), tf.zeros([1, 3, 1]), {
    initialState: tf.fill([1, 100], tiny),
    rng: createRng(1),
  });
  const steps = tf.unstack(tf.squeeze(outputs, [0])).map((step) => [...step.dataSync()]);
  // A unit that passes is scaled by 1 / (1 − ½) = 2 at each step: 2, 4, 8 times as large; one that does not is 0.
  steps.forEach((step, t) => {
    const expected = tiny * 2 ** (t + 1);
    for (const [unit, value] of step.entries()) {
      expect(Math.abs(value - (steps[0]![unit] === 0 ? 0 : expected))).toBeLessThan(1e-3 * expected);
    }
  });
  const dropped = steps[0]!.filter((value) => value === 0).length;
  // 100 draws of ½: standard deviation 5
  expect(Math.abs(dropped - 50)).toBeLessThan(20);
});

test('to predict it is the cell itself; a seed repeats; noises add up', () => {
  const cell = recurrentDropout(lstm, 0.5);
  const params = lstm.init({ inputSize: 1, hiddenSize: 8 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([2, 3, 1]);
  const run = (seed?: number, one = cell) =>
    unroll(one, params, inputs, seed === undefined ? {} : { rng: createRng(seed) }).outputs;
  expect(run()).toBeAllClose(unroll(lstm, params, inputs).outputs, { absolute: 0 });
  expect(run(1)).toBeAllClose(run(1), { absolute: 0 });
  expect(run(1)).not.toBeAllClose(run());
  expect(run(1, zoneout(cell, { hidden: 0 }))).toBeAllClose(run(1), { absolute: 0 });
});

const gated = [gru, gruResetBefore] as unknown as Cell<ParamTree, tf.Tensor2D>[];

test.each(gated)('what $name carries past the product is neither dropped nor scaled', (cell) => {
  const params = mapParams(cell.init({ inputSize: 1, hiddenSize: 20 }, createRng(1)), tf.zerosLike);
  const { finalState } = unroll(recurrentDropout(cell, 0.5), params, tf.zeros([2, 3, 1]), {
    initialState: tf.ones([2, 20]),
    rng: createRng(1),
  });
  // z = σ(0) = ½, n = tanh(0) = 0  →  h′ = ½ h, three times
  expect(finalState).toBeAllClose(tf.fill([2, 20], 1 / 8), { absolute: 1e-7 });
});

test.each(gated)('what $name multiplies is dropped', (cell) => {
  const zeros = mapParams(cell.init({ inputSize: 1, hiddenSize: 100 }, createRng(1)), tf.zerosLike);
  const nothing = tf.zeros<tf.Rank.R2>([100, 200]);
  const params = { ...(zeros as object), recurrentKernel: tf.concat([nothing, tf.eye(100)], 1) } as ParamTree;
  const { finalState } = unroll(recurrentDropout(cell, 0.5), params, tf.zeros([1, 1, 1]), {
    initialState: tf.ones([1, 100]),
    rng: createRng(1),
  });
  // r = z = ½, n = tanh(r · m) with the mask m at 0 or 1 / (1 − ½)  →  h′ = ½ tanh(½ m) + ½, where tanh(1) = 0.7615942
  const values = [...finalState.dataSync()];
  const kept = values.filter((value) => Math.abs(value - 0.8807971) < 1e-6).length;
  expect(kept + values.filter((value) => Math.abs(value - 0.5) < 1e-6).length).toBe(100);
  // 100 draws of ½: standard deviation 5
  expect(Math.abs(kept - 50)).toBeLessThan(20);
});

test.each(gated)('$name stays within ±1 for 200 steps', (cell) => {
  const params = cell.init({ inputSize: 2, hiddenSize: 8 }, createRng(1));
  for (const one of [recurrentDropout(cell, 0.5), zoneout(recurrentDropout(cell, 0.5), { hidden: 0.3 })]) {
    const { outputs } = unroll(one, params, tf.ones([1, 200, 2]), { rng: createRng(2) });
    // h′ lies between h and a tanh
    expect(Math.max(...outputs.dataSync().map(Math.abs))).toBeLessThanOrEqual(1);
  }
});

test('refuses a rate that is none', () => {
  expect(() => recurrentDropout(rnn, 1)).toThrow('recurrentDropout: `rate` is 1');
});

test('refuses cells whose hidden vector goes another way, and stacks', () => {
  const wrong = [minGru, minLstm, indRnn, stack([rnn]), recurrentDropout(rnn, 0.5)] as unknown as Cell[];
  for (const cell of wrong) {
    expect(() => recurrentDropout(cell, 0.5)).toThrow(
      `recurrentDropout: \`cell\` is ${cell.name}, expected rnn, reluRnn, lstm, layerNormLstm, gru or gruResetBefore`,
    );
  }
  expect(() => recurrentDropout(stack([rnn]), 0.5)).toThrow('Wrap the cells of a stack one by one');
  expect(() => recurrentDropout(zoneout(lstm, { hidden: 0.5 }), 0.5)).toThrow(
    'zoneout(recurrentDropout(…)), not the other way about',
  );
});
