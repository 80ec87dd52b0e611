import '@ostinato/test-kit';
import { type ParamTree, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { additiveAttention } from './additive.ts';
import { attend, prepareMemory } from './attend.ts';
import golden from './attention.reference.json' with { type: 'json' };
import type { Attention } from './attention.ts';
import { concatAttention } from './concat.ts';
import { dotAttention, generalAttention } from './dot.ts';
import {
  type MultiHeadAttentionParams,
  multiHeadAttention,
  prepareMultiHeadMemory,
  selfAttention,
} from './multi-head.ts';

beforeAll(() => startRuntime());

type Numbers = { shape: number[]; values: number[] };
type Parts = Record<string, tf.Tensor>;
type Result = { outputs: tf.Tensor; weights: tf.Tensor };

interface GoldenCase {
  lengths: number[];
  params: Record<string, Numbers>;
  tensors: Record<string, Numbers>;
  outputs: Numbers;
  weights: Numbers;
  gradients: Record<string, Numbers>;
}

const attentions: Record<string, Attention> = {
  additiveAttention,
  concatAttention,
  dotAttention,
  generalAttention,
};
const close = { absolute: 1e-5, relative: 1e-5 };
const tensor = ({ shape, values }: Numbers) => tf.tensor(values, shape);
const tensors = (parts: Record<string, Numbers>): Parts =>
  Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, tensor(part)]));
const weigh = (value: tf.Tensor, start: number): tf.Scalar =>
  tf.sum(tf.mul(value, tf.reshape(tf.cos(tf.range(start, start + value.size)), value.shape)));

function check(one: GoldenCase, run: (params: ParamTree, tensors: Parts) => Result): void {
  const all = { ...tensors(one.params), ...tensors(one.tensors) };
  const names = Object.keys(all);
  const params = Object.fromEntries(Object.keys(one.params).map((name) => [name, all[name]!]));
  let result: Result | undefined;
  const { grads } = tf.engine().gradients(
    () => {
      result = run(params, all);
      tf.keep(result.outputs);
      tf.keep(result.weights);
      return tf.add(weigh(result.outputs, 0), weigh(result.weights, 1)) as tf.Scalar;
    },
    names.map((name) => all[name]!),
    undefined,
    true,
  );
  expect(result!.outputs).toBeAllClose(tensor(one.outputs), close);
  expect(result!.weights).toBeAllClose(tensor(one.weights), close);
  names.forEach((name, i) => {
    expect(grads[i]!, name).toBeAllClose(tensor(one.gradients[name]!), close);
  });
}

describe(`agrees with ${golden.source}`, () => {
  test.each(golden.scored.map((one) => [one.name, one] as const))('%s', (name, one) => {
    const attention = attentions[name]!;
    check(one as unknown as GoldenCase, (params, { queries, memory, coverage }) => {
      const prepared = prepareMemory(attention, params, memory as tf.Tensor3D, { lengths: one.lengths });
      const asked = (coverage ? tf.squeeze(queries!, [1]) : queries) as tf.Tensor3D;
      const options = coverage ? { coverage: coverage as tf.Tensor2D } : {};
      const { context, weights } = attend(attention, params, asked, prepared, options);
      return { outputs: context, weights };
    });
  });

  test.each(golden.multiHead.map((one, i) => [i, one] as const))('multi-head %i', (_, one) => {
    check(one as unknown as GoldenCase, (tree, { queries, memory }) => {
      const params = tree as MultiHeadAttentionParams;
      const { lengths, causal } = one;
      if (!memory) return selfAttention(params, queries as tf.Tensor3D, { lengths, causal });
      if (!causal) {
        const prepared = prepareMultiHeadMemory(params, memory as tf.Tensor3D, { lengths });
        return multiHeadAttention(params, queries as tf.Tensor3D, prepared);
      }
      // Three queries end at step 4, where the first memory does; the second has 2 steps, and its first query sees both.
      const rows = lengths.map((length, i) => {
        const row = (x: tf.Tensor) => tf.slice(x, i, 1) as tf.Tensor3D;
        const full = length === memory.shape[1];
        const prepared = prepareMultiHeadMemory(params, row(memory), full ? {} : { lengths: [length] });
        return multiHeadAttention(params, row(queries!), prepared, { causal: full });
      });
      return {
        outputs: tf.concat(rows.map(({ outputs }) => outputs)),
        weights: tf.concat(rows.map(({ weights }) => weights)),
      };
    });
  });
});
