import '@ostinato/test-kit';
import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.ts';
import type { Unrolled } from './cell.ts';
import { diagnose } from './diagnose.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { rnn } from './rnn.ts';
import { stack } from './stack.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

/** h′ = tanh(w h) with h = 0: every step takes the gradient times w. */
const scalar = (w: number) => ({
  inputKernel: tf.zeros<tf.Rank.R2>([1, 1]),
  recurrentKernel: tf.tensor2d([[w]]),
  bias: tf.zeros<tf.Rank.R1>([1]),
});
const last = ({ finalState }: Unrolled<tf.Tensor2D>) => tf.sum(finalState);

test('the gradient of a linear memory shrinks by its weight at each step', () => {
  const { gradientNorms, effectiveMemory, gateSaturation } = diagnose(
    rnn,
    scalar(0.5),
    tf.zeros([1, 4, 1]),
    last,
  );
  // dL/dh₃ = 1, and 0.5 times as much for each step back
  expect(gradientNorms.state).toBeAllClose([0.125, 0.25, 0.5, 1]);
  expect(gradientNorms.parts).toEqual({ '': gradientNorms.state });
  // (1 + 0.5 + 0.25 + 0.125) / 1
  expect(effectiveMemory).toBeCloseTo(1.875, 6);
  expect(gateSaturation).toEqual({});
});

test('each sequence is counted back from its own end, in either direction', () => {
  const inputs = tf.concat([tf.zeros([2, 3, 1]), tf.fill([2, 1, 1], Number.NaN)], 1) as tf.Tensor3D;
  const there = diagnose(rnn, scalar(0.5), inputs, last, { lengths: [3, 1] });
  // the second sequence ends with step 0, and counts there alone: (0.25 + 1) / 2, 0.5, 1; nobody is at step 3
  expect(there.gradientNorms.state).toBeAllClose([0.625, 0.5, 1, 0]);
  expect(there.effectiveMemory).toBeCloseTo(1.75, 6);
  const back = diagnose(rnn, scalar(0.5), inputs, last, { lengths: [3, 1], reverse: true });
  expect(back.gradientNorms.state).toBeAllClose([1, 0.5, 0.25, 0]);
  expect(back.effectiveMemory).toBeCloseTo(1.75, 6);
});

test('a state that is also the output takes the gradient of both', () => {
  const params = lstm.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const inputs = randomNormal<tf.Rank.R3>(createRng(2), [1, 1, 2], 1);
  const weigh = ({ outputs }: { outputs: tf.Tensor3D }) => tf.sum(tf.sin(outputs));
  const { gradientNorms } = diagnose(lstm, params, inputs, weigh);
  // After one step the hidden vector is the output: dL/dh = cos(output), and nothing else reaches the memory.
  const expected = tf.norm(tf.cos(unroll(lstm, params, inputs).outputs)).dataSync()[0]!;
  expect(gradientNorms.parts.hidden).toBeAllClose([expected]);
  expect(gradientNorms.parts.cell).toBeAllClose([0]);
});

test('where a gradient dies in rnn it lives in lstm', () => {
  const inputs = randomNormal<tf.Rank.R3>(createRng(3), [4, 60, 2], 1);
  const config = { inputSize: 2, hiddenSize: 16 };
  const simple = diagnose(rnn, rnn.init(config, createRng(1)), inputs, last);
  const params = lstm.init({ ...config, forgetBias: 5 }, createRng(1));
  const gated = diagnose(lstm, params, inputs, ({ finalState }) => tf.sum(finalState.hidden));
  // rnn: a spectral radius of 1/√3 leaves 0.58⁶⁰ < 1e-14; lstm: σ(5) = 0.993 at each step leaves 0.993⁶⁰ = 0.67.
  expect(simple.gradientNorms.state[0]! / simple.gradientNorms.state[59]!).toBeLessThan(1e-6);
  expect(gated.gradientNorms.parts.cell![0]! / gated.gradientNorms.parts.cell![59]!).toBeGreaterThan(0.3);
  expect(gated.effectiveMemory).toBeGreaterThan(3 * simple.effectiveMemory);
});

test('tells shut gates from open ones, over real steps alone', () => {
  const params = {
    inputKernel: tf.tensor2d([[9, -9, 0, 0]]),
    recurrentKernel: tf.zeros<tf.Rank.R2>([1, 4]),
    bias: tf.zeros<tf.Rank.R1>([4]),
  };
  const inputs = tf.tensor3d([1, -1, 0, 7], [1, 4, 1]); // σ(9) > 0.9, σ(−9) < 0.1, σ(0) = ½
  const { gateSaturation } = diagnose(lstm, params, inputs, ({ outputs }) => tf.sum(outputs), {
    lengths: [3],
  });
  expect(gateSaturation).toEqual({
    input: { shut: 1 / 3, open: 1 / 3 },
    forget: { shut: 1 / 3, open: 1 / 3 },
    output: { shut: 0, open: 0 },
  });
});

test('a stack is told layer by layer; it is JSON, and leaves nothing behind', async () => {
  const network = stack([gru, lstm]);
  const params = network.init({ inputSize: 2, hiddenSize: 3 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([2, 3, 2]);
  const look = () => diagnose(network, params, inputs, ({ outputs }) => tf.mean(outputs));
  const seen = look();
  expect(Object.keys(seen.gradientNorms.parts)).toEqual(['0', '1.hidden', '1.cell']);
  expect(Object.keys(seen.gateSaturation)).toEqual([
    '0.reset',
    '0.update',
    '1.input',
    '1.forget',
    '1.output',
  ]);
  expect(JSON.parse(JSON.stringify(seen))).toEqual(seen);
  await expectNoLeak(() => {
    look();
    return 0;
  });
});

test('refuses what unroll refuses', () => {
  const params = scalar(1);
  expect(() => diagnose(rnn, params, tf.zeros([1, 2, 3]), last)).toThrow(
    'diagnose: `inputs` has shape [1, 2, 3]',
  );
  expect(() => diagnose(rnn, params, tf.zeros([1, 2, 1]), last, { lengths: [3] })).toThrow(
    '`lengths[0]` is 3',
  );
});

test('what does not fit is named as unroll names it', () => {
  const params = gru.init({ inputSize: 3, hiddenSize: 4 }, createRng(1));
  const inputs = tf.ones<tf.Rank.R3>([2, 5, 3]);
  expect(() => diagnose(gru, params, inputs, last, { initialState: tf.zeros([3, 4]) })).toThrow(
    'diagnose: `initialState` has shape [3, 4], expected [2, 4]',
  );
  expect(() => diagnose(gru, params, tf.zeros([0, 5, 3]), last)).toThrow(
    'diagnose: `inputs` has shape [0,5,3], expected at least one sequence and step',
  );
  const both = bidirectional(gru);
  const twice = { forward: params, backward: params };
  expect(() => diagnose(both as never, twice, inputs, ({ outputs }) => tf.sum(outputs))).toThrow(
    'diagnose: bidirectional(gru) has no `step`, expected a cell',
  );
  params.inputBias.dispose();
  expect(() => diagnose(gru, params, inputs, last)).toThrow(
    'diagnose: `params.inputBias` has been disposed of',
  );
});

test('what is missing or of whole numbers is named at the door', () => {
  const params = scalar(1);
  type Look = (params: ReturnType<typeof scalar>, inputs: tf.Tensor3D) => unknown;
  const looks: Look[] = [(p, x) => unroll(rnn, p, x), (p, x) => diagnose(rnn, p, x, last)];
  for (const look of looks) {
    expect(() => look(params, tf.ones([1, 2, 1], 'int32'))).toThrow('`inputs` is int32, expected float32');
    expect(() => look(undefined as never, tf.ones([1, 2, 1]))).toThrow('`params` is undefined, expected');
  }
});
