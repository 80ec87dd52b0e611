import '@ostinato/test-kit';
import { ArgumentError, createRng, flattenParams, ShapeError, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Cell } from './cell.ts';
import { diagnose } from './diagnose.ts';
import { gru } from './gru.ts';
import { indRnn } from './ind-rnn.ts';
import { layerNormLstm } from './layer-norm-lstm.ts';
import { lstm } from './lstm.ts';
import { minGru } from './min-gru.ts';
import { minLstm } from './min-lstm.ts';
import { rnn } from './rnn.ts';
import { stepper } from './stepper.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

const params = () => gru.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
const inputs = () => tf.ones<tf.Rank.R3>([2, 4, 2]);

test.each([
  [[4], 'for a batch of 2'],
  [[4, 5], '`lengths[1]` is 5, expected a whole number from 0 to 4'],
  [[-1, 4], '`lengths[0]` is -1'],
  [[1.5, 4], '`lengths[0]` is 1.5'],
  [[Number.NaN, 4], '`lengths[0]` is NaN'],
])('refuses the lengths %j', (lengths, message) => {
  expect(() => unroll(gru, params(), inputs(), { lengths })).toThrow(message);
});

test('refuses inputs of another rank, width or size', () => {
  const call = (shape: number[]) => () => unroll(gru, params(), tf.zeros(shape as [number, number, number]));
  expect(call([4, 2])).toThrow('`inputs` has shape [4, 2], expected [batch, time, 2]');
  expect(call([2, 4, 5])).toThrow('expected [batch, time, 2]');
  expect(call([0, 4, 2])).toThrow('at least one sequence');
});

test('refuses what is no generator', () => {
  expect(() => unroll(gru, params(), inputs(), { rng: Math.random as never })).toThrow(
    'unroll: `rng` is a function, expected a generator of createRng(seed)',
  );
});

test('refuses a state of another batch, and names its part', () => {
  expect(() => unroll(gru, params(), inputs(), { initialState: tf.zeros([3, 3]) })).toThrow(
    '`initialState` has shape [3, 3], expected [2, 3]',
  );
  const cell = lstm.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const initialState = { hidden: tf.zeros<tf.Rank.R2>([2, 3]), cell: tf.zeros<tf.Rank.R2>([2, 4]) };
  expect(() => unroll(lstm, cell, inputs(), { initialState })).toThrow(
    '`initialState.cell` has shape [2, 4]',
  );
});

test('a disposed tensor is named: inputs, state or parameter', () => {
  const gone = <T extends tf.Tensor>(tensor: T): T => {
    tensor.dispose();
    return tensor;
  };
  expect(() => unroll(gru, params(), gone(inputs()))).toThrow(
    'unroll: `inputs` has been disposed of, expected a living tensor. Keep it with tf.keep',
  );
  const initialState = gone(tf.zeros<tf.Rank.R2>([2, 3]));
  expect(() => unroll(gru, params(), inputs(), { initialState })).toThrow(
    '`initialState` has been disposed of',
  );
  const p = params();
  p.inputBias.dispose();
  expect(() => unroll(gru, p, inputs())).toThrow('unroll: `params.inputBias` has been disposed of');
});

test('a part of the state that is missing, and what is no tensor, are named', () => {
  const cell = lstm.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const initialState = { hidden: tf.zeros<tf.Rank.R2>([2, 3]) } as never;
  expect(() => unroll(lstm, cell, inputs(), { initialState })).toThrow('`initialState.cell` is undefined');
  expect(() => unroll(gru, params(), [[1, 2]] as never)).toThrow(
    '`inputs` is 1,2, expected a tensor of shape',
  );
});

test('no cell, and parameters of something else, are named', () => {
  tf.tidy(() => {
    const inputs = tf.zeros<tf.Rank.R3>([1, 2, 3]);
    const params = { weight: tf.zeros([2, 2]) };
    expect(() => unroll(undefined as never, params, inputs)).toThrow(
      'unroll: `cell` is undefined, expected a cell, such as `lstm`, or a stack of them.',
    );
    expect(() => unroll(lstm, params as never, inputs)).toThrow(
      'unroll: `params` has the tensors [weight], expected what `init` of lstm makes.',
    );
    expect(() => diagnose(undefined as never, params, inputs, () => tf.scalar(0))).toThrow(ArgumentError);
  });
});

const mistaken = (
  [
    [lstm, minGru],
    [rnn, minGru],
    [gru, minGru],
    [lstm, indRnn],
    [layerNormLstm, indRnn],
    [minGru, rnn],
    [minGru, lstm],
    [minLstm, lstm],
    [minLstm, rnn],
    [minLstm, gru],
  ] as unknown as [Cell, Cell][]
).map(([cell, other]) => ({ cell, other, name: cell.name, otherName: other.name }));

test.each(mistaken)('params of $otherName are none of $name’s', ({ cell, other }) => {
  const params = other.init({ inputSize: 2, hiddenSize: 6 }, createRng(1));
  for (const run of [
    () => unroll(cell, params, inputs()),
    () => diagnose(cell, params, inputs(), ({ outputs }) => tf.sum(outputs)),
    () => void stepper(cell, params),
  ]) {
    const before = tf.memory().numTensors;
    let message = '';
    try {
      run();
    } catch (error) {
      expect(error instanceof ArgumentError || error instanceof ShapeError).toBe(true);
      message = (error as Error).message;
    }
    expect(message).toContain(`what \`init\` of ${cell.name} makes`);
    for (const [path] of flattenParams(params)) expect(message).toContain(path);
    expect(tf.memory().numTensors - before).toBeLessThanOrEqual(1); // the inputs
  }
});

test.each([minGru, minLstm] as unknown as Cell[])(
  '$name names a bias that does not fit its kernel',
  (cell) => {
    const params = cell.init({ inputSize: 2, hiddenSize: 3 }, createRng(1)) as { inputKernel: tf.Tensor };
    expect(() => unroll(cell, { ...params, bias: tf.zeros([7]) }, inputs())).toThrow(
      `${cell.name}: \`params.bias\` has shape [7]`,
    );
  },
);

test('a state can be forked: two futures from one past', () => {
  const p = params();
  const { finalState } = unroll(gru, p, inputs());
  const one = unroll(gru, p, tf.ones([2, 1, 2]), { initialState: finalState });
  const two = unroll(gru, p, tf.zeros([2, 1, 2]), { initialState: finalState });
  expect(one.outputs).not.toBeAllClose(two.outputs);
  const again = unroll(gru, p, tf.ones([2, 1, 2]), { initialState: finalState });
  expect(again.outputs).toBeAllClose(one.outputs, { absolute: 0 });
});

test.each([
  [{ inputSize: 0, hiddenSize: 3 }, 'gru: `inputSize` is 0'],
  [{ inputSize: 2, hiddenSize: -4 }, 'gru: `hiddenSize` is -4'],
  [{ inputSize: 2, hiddenSize: undefined as unknown as number }, 'gru: `hiddenSize` is undefined'],
])('a cell refuses %j', (config, message) => {
  expect(() => gru.init(config, createRng(1))).toThrow(message);
});

test('what else a user keeps in a tree of parameters is none of the cell’s', () => {
  const all = { ...params(), mine: tf.ones([1]) };
  const gradient = tf.grad((x) => unroll(gru, { ...all, inputBias: x as tf.Tensor1D }, inputs()).outputs)(
    all.inputBias,
  );
  expect(gradient.shape).toEqual([9]);
});
