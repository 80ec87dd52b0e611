import '@ostinato/test-kit';
import { createRng, flattenParams, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { rnn } from './rnn.ts';
import { stack } from './stack.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

test('each layer takes the one below as its input', () => {
  const params = stack([rnn, lstm, gru]).init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const kernels = flattenParams(params).filter(([path]) => path.endsWith('inputKernel'));
  expect(kernels.map(([path, { shape }]) => [path, ...shape])).toEqual([
    ['layers.0.inputKernel', 2, 3],
    ['layers.1.inputKernel', 3, 12],
    ['layers.2.inputKernel', 3, 9],
  ]);
});

test('dropout works between layers, only when a generator is given', () => {
  const cell = stack([rnn, rnn], { dropout: 0.5 });
  const params = cell.init({ inputSize: 2, hiddenSize: 4 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([1, 3, 2]);
  const run = (seed?: number) =>
    unroll(cell, params, inputs, seed === undefined ? {} : { rng: createRng(seed) }).outputs;
  expect(run()).toBeAllClose(run(), { absolute: 0 });
  expect(run(1)).toBeAllClose(run(1), { absolute: 0 });
  expect(run(1)).not.toBeAllClose(run());
  const single = stack([rnn], { dropout: 0.5 });
  const one = single.init({ inputSize: 2, hiddenSize: 4 }, createRng(1));
  expect(unroll(single, one, inputs, { rng: createRng(1) }).outputs).toBeAllClose(
    unroll(single, one, inputs).outputs,
  );
});

test('refuses an empty stack and a rate that is none', () => {
  expect(() => stack([])).toThrow('`cells.length` is 0');
  expect(() => stack([rnn], { dropout: 2 })).toThrow('`dropout` is 2');
});
