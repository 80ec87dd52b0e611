import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { lstm } from './lstm.ts';
import { rnn } from './rnn.ts';
import { stack } from './stack.ts';
import { unroll } from './unroll.ts';
import { zoneout } from './zoneout.ts';

beforeAll(() => startRuntime());

test('to predict, a unit takes the mean of old and new', () => {
  const cell = zoneout(rnn, { hidden: 0.25 });
  const params = {
    inputKernel: tf.tensor2d([[1]]),
    recurrentKernel: tf.tensor2d([[0]]),
    bias: tf.zeros<tf.Rank.R1>([1]),
  };
  // tanh(1) = 0.7615942; 0.25 · 4 + 0.75 · 0.7615942 = 1.5711956
  expect(cell.step(params, tf.ones([1, 1]), tf.tensor2d([[4]])).state).toBeAllClose([[1.5711956]]);
});

test('in training every unit is old or new, as often as the rate says', () => {
  const cell = zoneout(rnn, { hidden: 0.25 });
  const params = rnn.init({ inputSize: 1, hiddenSize: 50 }, createRng(1));
  const start = tf.fill<tf.Rank.R2>([40, 50], 9); // no tanh is 9
  const inputs = tf.ones<tf.Rank.R3>([40, 1, 1]);
  const { outputs, finalState } = unroll(cell, params, inputs, { initialState: start, rng: createRng(2) });
  const fresh = unroll(rnn, params, inputs, { initialState: start }).finalState.dataSync();
  const values = [...finalState.dataSync()];
  const kept = values.filter((value) => value === 9).length / values.length;
  // 2,000 draws: standard error 0.01
  expect(Math.abs(kept - 0.25)).toBeLessThan(0.04);
  expect(values.every((value, i) => value === 9 || Math.abs(value - fresh[i]!) < 1e-6)).toBe(true);
  expect(tf.squeeze(outputs, [1])).toBeAllClose(finalState, { absolute: 0 });
});

test('the memory has a rate of its own', () => {
  const cell = zoneout(lstm, { cell: 1 });
  const params = lstm.init({ inputSize: 1, hiddenSize: 2 }, createRng(1));
  const state = { hidden: tf.fill<tf.Rank.R2>([1, 2], 9), cell: tf.fill<tf.Rank.R2>([1, 2], 9) };
  const next = cell.step(params, tf.ones([1, 1]), state).state;
  expect(next.cell).toBeAllClose([[9, 9]]);
  expect(next.hidden).not.toBeAllClose([[9, 9]]);
});

test('refuses a rate that is none, and a stack', () => {
  expect(() => zoneout(rnn, { hidden: 1.5 })).toThrow('zoneout: `hidden` is 1.5');
  const cell = zoneout(stack([rnn]), { hidden: 0.5 });
  const params = cell.init({ inputSize: 1, hiddenSize: 1 }, createRng(1));
  expect(() => unroll(cell, params, tf.ones([1, 1, 1]))).toThrow('Wrap the cells one by one');
});
