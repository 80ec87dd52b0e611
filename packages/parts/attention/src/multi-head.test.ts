import '@ostinato/test-kit';
import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import {
  extendMultiHeadMemory,
  initMultiHeadAttention,
  type MultiHeadMemory,
  multiHeadAttention,
  prepareMultiHeadMemory,
  selfAttention,
} from './multi-head.ts';

beforeAll(() => startRuntime());

const params = () => initMultiHeadAttention({ modelSize: 4, heads: 2 }, createRng(1));
const inputs = () => randomNormal<tf.Rank.R3>(createRng(2), [2, 5, 4], 1);

test('causal: what comes later changes nothing before it', () => {
  const changed = tf.concat([tf.slice(inputs(), [0, 0, 0], [2, 3, 4]), tf.ones([2, 2, 4])], 1) as tf.Tensor3D;
  const [one, two] = [inputs(), changed].map((x) => selfAttention(params(), x, { causal: true }).outputs);
  const early = (x: tf.Tensor3D) => tf.slice(x, [0, 0, 0], [2, 3, 4]);
  expect(early(two!)).toBeAllClose(early(one!), { absolute: 0 });
  expect(two!).not.toBeAllClose(one!);
});

test('token by token with a growing memory gives what all at once gives', () => {
  const p = params();
  const whole = selfAttention(p, inputs(), { causal: true }).outputs;
  let memory: MultiHeadMemory | undefined;
  const steps = (tf.split(inputs(), 5, 1) as tf.Tensor3D[]).map((step) => {
    const more = prepareMultiHeadMemory(p, step);
    memory = memory ? extendMultiHeadMemory(memory, more) : more;
    return multiHeadAttention(p, step, memory, { causal: true }).outputs;
  });
  expect(tf.concat(steps, 1)).toBeAllClose(whole, { absolute: 1e-6 });
});

test('dropout drops weights in training, by its generator', () => {
  const run = (seed: number) =>
    selfAttention(params(), inputs(), { dropout: { rate: 0.5, rng: createRng(seed) } }).outputs;
  expect(run(1)).toBeAllClose(run(1), { absolute: 0 });
  expect(run(1)).not.toBeAllClose(run(2));
});

test('refuses what does not fit', () => {
  for (const [dropout, message] of [
    [{ rate: 2, rng: createRng(1) }, 'multiHeadAttention: `dropout.rate` is 2'],
    [{ rate: 0.5 }, 'multiHeadAttention: `rng` is undefined, expected a generator'],
  ] as const) {
    expect(() => selfAttention(params(), inputs(), { dropout: dropout as never })).toThrow(message);
  }
  expect(() => initMultiHeadAttention({ modelSize: 5, heads: 2 }, createRng(1))).toThrow(
    '`modelSize` is 5, expected a multiple of `heads`, 2',
  );
  expect(() => selfAttention(params(), tf.zeros([2, 5, 3]))).toThrow('expected [batch, time, 4]');
  expect(() => selfAttention(params(), inputs(), { lengths: [6, 1] })).toThrow('`lengths[0]` is 6');
  const memory = prepareMultiHeadMemory(params(), inputs());
  expect(() => multiHeadAttention(params(), tf.zeros([2, 6, 4]), memory, { causal: true })).toThrow(
    '6 queries on a causal memory of 5 steps',
  );
  expect(() => multiHeadAttention(params(), tf.zeros([1, 2, 4]), memory)).toThrow('expected [2, queries, 4]');
  const partial = prepareMultiHeadMemory(params(), inputs(), { lengths: [1, 2] });
  // The last query would stand at step 5 of every memory, where the first one ends at 1.
  expect(() => multiHeadAttention(params(), tf.zeros([2, 2, 4]), partial, { causal: true })).toThrow(
    'multiHeadAttention: 2 queries on a causal memory of 5 steps with `lengths`, expected as many queries as steps',
  );
  expect(multiHeadAttention(params(), inputs(), partial, { causal: true }).outputs.shape).toEqual([2, 5, 4]);
  expect(() => extendMultiHeadMemory(partial, memory)).toThrow('no end to add to');
});

test('memories that do not fit together, or have no step, are refused', () => {
  const params = initMultiHeadAttention({ modelSize: 4, heads: 2 }, createRng(1));
  const memory = prepareMultiHeadMemory(params, tf.ones([2, 3, 4]));
  expect(() => extendMultiHeadMemory(memory, prepareMultiHeadMemory(params, tf.ones([3, 1, 4])))).toThrow(
    'extendMultiHeadMemory: `more.keys` has shape [3, 2, 1, 2], expected [2, 2, time, 2]',
  );
  const gone = prepareMultiHeadMemory(params, tf.ones([2, 1, 4]));
  gone.values.dispose();
  expect(() => extendMultiHeadMemory(memory, gone)).toThrow('`more.values` has been disposed of');
  expect(() => extendMultiHeadMemory(gone, memory)).toThrow('`memory.values` has been disposed of');
  expect(() => prepareMultiHeadMemory(params, tf.zeros([2, 0, 4]))).toThrow(
    'prepareMultiHeadMemory: `memory` has shape [2,0,4], expected at least one step',
  );
});
