import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import { expectGradients } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bidirectionalReader } from './bidirectional-reader.ts';
import { lstm } from './lstm.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

const reader = bidirectionalReader(lstm, { hiddenSize: 3 });
const inputs = () => randomNormal<tf.Rank.R3>(createRng(2), [3, 4, 2], 1);

test('takes what each direction says last', () => {
  const params = reader.init(2, createRng(1));
  const vectors = reader.read(params, inputs(), [4, 2, 0]);
  // An LSTM's last output is its final hidden vector.
  const there = unroll(lstm, params.forward, inputs(), { lengths: [4, 2, 0] }).finalState.hidden;
  const back = unroll(lstm, params.backward, inputs(), { lengths: [4, 2, 0], reverse: true }).finalState
    .hidden;
  expect(vectors).toBeAllClose(tf.concat([there, back], 1), { absolute: 0 });
  expect(tf.slice(vectors, 2)).toBeAllClose(tf.zeros([1, 6]), { absolute: 0 });
  expect(reader.outputSize(params)).toBe(6);
});

test('gradients agree with finite differences', () => {
  const params = reader.init(2, createRng(1));
  expectGradients((all) => tf.sum(tf.sin(reader.read(all.params, all.inputs as tf.Tensor3D, [4, 1, 0]))), {
    params,
    inputs: inputs(),
  });
});
