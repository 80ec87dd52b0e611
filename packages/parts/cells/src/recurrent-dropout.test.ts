import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { lstm } from './lstm.ts';
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

test('refuses a rate that is none, and a stack', () => {
  expect(() => recurrentDropout(rnn, 1)).toThrow('recurrentDropout: `rate` is 1');
  const cell = recurrentDropout(stack([rnn]), 0.5);
  const params = cell.init({ inputSize: 1, hiddenSize: 1 }, createRng(1));
  expect(() => unroll(cell, params, tf.ones([1, 1, 1]), { rng: createRng(1) })).toThrow(
    'recurrentDropout: this state has no part `hidden`.',
  );
});
