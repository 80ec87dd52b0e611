import '@ostinato/test-kit';
import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { unroll } from './unroll.ts';

beforeAll(() => startRuntime());

const config = { inputSize: 2, hiddenSize: 3 };
const inputs = () => randomNormal<tf.Rank.R3>(createRng(5), [2, 4, 2], 1);

test('merges what the two directions say, each within a sequence’s own length', () => {
  const params = bidirectional(gru).init(config, createRng(1));
  const options = { lengths: [4, 2] };
  const there = unroll(gru, params.forward, inputs(), options).outputs;
  const back = unroll(gru, params.backward, inputs(), { ...options, reverse: true }).outputs;
  const merged = (merge: 'concat' | 'sum' | 'mean') =>
    unroll(bidirectional(gru, { merge }), params, inputs(), options).outputs;
  expect(merged('concat')).toBeAllClose(tf.concat([there, back], 2), { absolute: 0 });
  expect(merged('sum')).toBeAllClose(tf.add(there, back), { absolute: 0 });
  expect(merged('mean')).toBeAllClose(tf.div(tf.add(there, back), 2), { absolute: 0 });
  expect(bidirectional(gru).outputSize(params)).toBe(6);
  expect(bidirectional(gru, { merge: 'sum' }).outputSize(params)).toBe(3);
});

test('the backward direction may be another cell', () => {
  const both = bidirectional(gru, { backward: lstm });
  expect(both.name).toBe('bidirectional(gru, lstm)');
  const { finalState } = unroll(both, both.init(config, createRng(1)), inputs());
  expect(Object.keys(finalState.backward)).toEqual(['hidden', 'cell']);
});

test('refuses another way to merge, and directions that cannot be added', () => {
  expect(() => bidirectional(gru, { merge: 'max' as 'sum' })).toThrow(
    "`merge` is \"max\", expected 'concat', 'sum' or 'mean'",
  );
  const unlike = bidirectional(gru, { merge: 'sum', backward: lstm });
  expect(() => unlike.init({ ...config, projectionSize: 2 } as never, createRng(1))).toThrow(
    'outputs of 3 and 2 features have no sum',
  );
});
