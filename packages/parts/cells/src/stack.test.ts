import '@ostinato/test-kit';
import { createRng, flattenParams, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { type RnnParams, rnn } from './rnn.ts';
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

test('a layer may have a config of its own, and passes its width on', () => {
  const network = stack([lstm, gru, rnn]);
  const layers = [{ hiddenSize: 8, projectionSize: 5 }, {}, { hiddenSize: 2 }];
  const params = network.init({ inputSize: 3, hiddenSize: 4, layers }, createRng(1));
  const shapes = flattenParams(params).map(([path, { shape }]) => `${path} ${shape}`);
  expect(shapes).toContain('layers.0.projectionKernel 8,5');
  expect(shapes).toContain('layers.1.inputKernel 5,12');
  expect(shapes).toContain('layers.2.inputKernel 4,2');
  expect(network.outputSize(params)).toBe(2);
  expect(() => network.init({ inputSize: 3, hiddenSize: 4, layers: [{}, {}, {}, {}] }, createRng(1))).toThrow(
    '4 `layers` in the config of a stack of 3',
  );
});

test('residual: the layer below is added, but for the lowest', () => {
  const network = stack([rnn, rnn], { residual: true });
  const params = network.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([1, 2, 2]);
  const below = unroll(rnn, params.layers[0] as RnnParams, inputs).outputs;
  const above = unroll(rnn, params.layers[1] as RnnParams, below).outputs;
  expect(unroll(network, params, inputs).outputs).toBeAllClose(tf.add(below, above));
  expect(() =>
    network.init({ inputSize: 2, hiddenSize: 3, layers: [{}, { hiddenSize: 4 }] }, createRng(1)),
  ).toThrow('layer 1 turns 3 features into 4');
});

test('locked dropout drops the same features at every step', () => {
  const network = stack([rnn, rnn], { dropout: 0.5, locked: true });
  const params = network.init({ inputSize: 1, hiddenSize: 20 }, createRng(1)) as { layers: RnnParams[] };
  // The lower layer puts out tanh(1) everywhere; the upper one copies its input, so that zeros are what was dropped.
  const lower = {
    ...params.layers[0]!,
    inputKernel: tf.ones<tf.Rank.R2>([1, 20]),
    recurrentKernel: tf.zeros<tf.Rank.R2>([20, 20]),
  };
  const upper = { ...lower, inputKernel: tf.eye(20) };
  const { outputs } = unroll(network, { layers: [lower, upper] }, tf.ones([1, 4, 1]), { rng: createRng(3) });
  const steps = tf.unstack(tf.squeeze(outputs, [0]));
  for (const step of steps) expect(step).toBeAllClose(steps[0]!, { absolute: 0 });
  expect([...steps[0]!.dataSync()].filter((value) => value === 0).length).toBeGreaterThan(2);
});

test('with a bidirectional layer the whole has no single steps', () => {
  expect('step' in stack([bidirectional(gru), rnn])).toBe(false);
  expect('step' in stack([gru, rnn])).toBe(true);
});

test('params of another stack are named', () => {
  const params = stack([gru]).init({ inputSize: 3, hiddenSize: 4 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([2, 5, 3]);
  expect(() => unroll(stack([gru, gru]), params, inputs)).toThrow(
    'gru+gru: `params.layers` has 1 of a stack of 2, expected one each',
  );
  expect(() => unroll(stack([gru, gru]), params.layers[0] as never, inputs)).toThrow(
    'gru+gru: `params.layers` is undefined, expected',
  );
});
