import '@ostinato/test-kit';
import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { additiveAttention } from './additive.ts';
import { attend, prepareMemory } from './attend.ts';
import type { Attention } from './attention.ts';
import { concatAttention } from './concat.ts';
import { coverageLoss } from './coverage.ts';
import { dotAttention, generalAttention } from './dot.ts';
import { maskedSoftmax } from './masked-softmax.ts';

beforeAll(() => startRuntime());

const normal = <R extends tf.Rank>(shape: tf.ShapeMap[R]) => randomNormal<R>(createRng(4), shape, 1);

test('a query finds the step that it resembles', () => {
  const memory = prepareMemory(dotAttention, {}, tf.tensor3d([[[1, 0], [0, 1]]])); // biome-ignore format: a matrix
  const { context, weights } = attend(dotAttention, {}, tf.tensor2d([[0, 3]]), memory);
  // softmax(0, 3) = 1 / (1 + e³), and the rest
  expect(weights).toBeAllClose([[0.0474259, 0.9525741]]);
  expect(context).toBeAllClose([[0.0474259, 0.9525741]]);
});

test('weights are none past a length, and none at all for a memory of no steps', () => {
  const memory = prepareMemory(dotAttention, {}, normal<tf.Rank.R3>([3, 4, 2]), { lengths: [4, 2, 0] });
  const { context, weights } = attend(dotAttention, {}, normal<tf.Rank.R3>([3, 5, 2]), memory);
  const sums = tf.sum(weights, 2);
  expect(sums).toBeAllClose([[1, 1, 1, 1, 1], [1, 1, 1, 1, 1], [0, 0, 0, 0, 0]]); // biome-ignore format: a matrix
  expect(tf.slice(weights, [1, 0, 2])).toBeAllClose(tf.zeros([2, 5, 2]), { absolute: 0 });
  expect(tf.slice(context, 2)).toBeAllClose(tf.zeros([1, 5, 2]), { absolute: 0 });
});

test('scores of any size have a softmax', () => {
  expect(maskedSoftmax(tf.tensor2d([[3e38, 3e38, -3e38]]))).toBeAllClose([[0.5, 0.5, 0]]);
});

test('a score of −∞ is as good as masked, and a row of them lets nothing through', () => {
  const never = Number.NEGATIVE_INFINITY;
  const scores = tf.tensor2d([[never, never], [0, never]]); // biome-ignore format: a matrix
  const expected = [[0, 0], [1, 0]]; // biome-ignore format: a matrix
  expect(maskedSoftmax(scores)).toBeAllClose(expected, { absolute: 0 });
  expect(maskedSoftmax(scores, tf.ones([2, 2], 'bool'))).toBeAllClose(expected, { absolute: 0 });
  const slope = tf.grad((x) => tf.sum(tf.square(maskedSoftmax(x))))(scores);
  expect(slope).toBeAllClose(tf.zeros([2, 2]), { absolute: 0 });
});

test('coverage moves attention on, and its loss counts what is seen twice', () => {
  const config = { querySize: 2, memorySize: 2, attentionSize: 3, coverage: true };
  const params = additiveAttention.init(config, createRng(1));
  const memory = prepareMemory(additiveAttention, params, normal<tf.Rank.R3>([1, 3, 2]));
  const query = tf.ones<tf.Rank.R2>([1, 2]);
  const first = attend(additiveAttention, params, query, memory, { coverage: tf.zeros([1, 3]) });
  const second = attend(additiveAttention, params, query, memory, { coverage: first.weights });
  expect(second.weights).not.toBeAllClose(first.weights);
  // min(0.2, 0.5) + min(0.5, 0.5) + min(0.3, 0) = 0.7
  expect(coverageLoss(tf.tensor2d([[0.2, 0.5, 0.3]]), tf.tensor2d([[0.5, 0.5, 0]]))).toBeAllClose([0.7]);
});

test('refuses what does not fit, and says what would', () => {
  const config = { querySize: 2, memorySize: 3, attentionSize: 4 };
  const params = additiveAttention.init(config, createRng(1));
  const values = normal<tf.Rank.R3>([2, 5, 3]);
  const prepare = (lengths: number[]) => () => prepareMemory(additiveAttention, params, values, { lengths });
  expect(prepare([6, 1])).toThrow('prepareMemory: `lengths[0]` is 6, expected a whole number from 0 to 5');
  expect(prepare([1.5, 1])).toThrow('`lengths[0]` is 1.5');
  expect(prepare([1])).toThrow('1 `lengths` for a batch of 2');
  const memory = prepareMemory(additiveAttention, params, values);
  const ask =
    (queries: tf.Tensor2D, options = {}) =>
    () =>
      attend(additiveAttention, params, queries, memory, options);
  expect(ask(tf.zeros([3, 2]))).toThrow('attend: `queries` has shape [3, 2], expected [2, 2]');
  expect(ask(tf.zeros([2, 3]))).toThrow('its queries are vectors of 2 features');
  expect(ask(tf.zeros([2, 2]), { coverage: tf.zeros([2, 5]) })).toThrow('Init them with coverage: true');
  expect(ask(tf.zeros([2, 1, 2]) as never, { coverage: tf.zeros([2, 5]) })).toThrow('one query at a time');
  memory.keys.dispose();
  expect(ask(tf.zeros([2, 2]))).toThrow('`keys` has been disposed of');
  expect(() => dotAttention.init(config, createRng(1))).toThrow('Take generalAttention for unlike widths');
  expect(() => additiveAttention.init({ ...config, attentionSize: 0 }, createRng(1))).toThrow(
    '`attentionSize` is 0',
  );
});

test.each([additiveAttention, generalAttention, concatAttention])(
  'a memory of another width than $name was made for is named',
  (attention) => {
    const config = { querySize: 2, memorySize: 2, attentionSize: 3 };
    const params = attention.init(config, createRng(1));
    expect(() => prepareMemory(attention as Attention, params, tf.ones([1, 3, 5]))).toThrow(
      'prepareMemory: `memory` has shape [1, 3, 5], expected [batch, time, 2]',
    );
  },
);

test('a memory without a time axis to look at is refused', () => {
  expect(() => prepareMemory(dotAttention, {}, tf.zeros([2, 0, 3]))).toThrow(
    'prepareMemory: `memory` has shape [2,0,3], expected at least one step',
  );
});
