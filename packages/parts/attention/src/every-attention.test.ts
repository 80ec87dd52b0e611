import { createRng, type ParamTree, type Rng, startRuntime } from '@ostinato/runtime';
import { describeLayer, type LayerCase } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Attention } from './attention.ts';
import * as exported from './index.ts';

beforeAll(() => startRuntime());

const { attend, prepareMemory, multiHeadAttention, prepareMultiHeadMemory, selfAttention } = exported;

// biome-ignore lint/suspicious/noExplicitAny: each row has parameters, inputs and a config of its own
type Row = LayerCase<any, any, any, Rng>;

/** A row of the table, its types held together. */
const row = <Params extends ParamTree, Inputs extends ParamTree, Config>(
  layer: LayerCase<Params, Inputs, Config, Rng>,
): Row => layer;

const lengths = [5, 0, 3];
const pad = (x: tf.Tensor3D) =>
  tf.concat([x, tf.fill([x.shape[0], 2, x.shape[2]], Number.NaN)], 1) as tf.Tensor3D;
const pair = (queries: number[], features: number) => (normal: (shape: number[]) => tf.Tensor) => ({
  queries: normal(queries),
  memory: normal([3, 5, features]) as tf.Tensor3D,
});

const isAttention = (value: unknown): value is Attention =>
  typeof value === 'object' && value !== null && 'scores' in value;
const attentions = (Object.values(exported) as unknown[]).filter(isAttention);
const config = { querySize: 4, memorySize: 4, attentionSize: 3 };

const table: Row[] = [
  ...attentions.flatMap((attention) =>
    [
      [3, 4],
      [3, 2, 4],
    ].map((queries) =>
      row({
        name: `${attention.name}, queries [${queries}]`,
        config,
        init: attention.init,
        inputs: pair(queries, 4),
        lengths,
        pad: ({ queries, memory }) => ({ queries, memory: pad(memory) }),
        apply: (params, { queries, memory }, lengths) =>
          tf.tidy(() => {
            const prepared = prepareMemory(attention, params, memory, { lengths: lengths! });
            const { context, weights } = attend(attention, params, queries as tf.Tensor2D, prepared);
            return { context, weights };
          }),
      }),
    ),
  ),
  row({
    name: 'additiveAttention, coverage',
    config: { ...config, coverage: true },
    init: exported.additiveAttention.init,
    inputs: (normal) => ({ ...pair([3, 4], 4)(normal), coverage: tf.abs(normal([3, 5])) as tf.Tensor2D }),
    lengths,
    pad: ({ queries, memory, coverage }) => ({
      queries,
      memory: pad(memory),
      coverage: tf.concat([coverage, tf.fill([3, 2], Number.NaN)], 1) as tf.Tensor2D,
    }),
    apply: (params, { queries, memory, coverage }, lengths) =>
      tf.tidy(() => {
        const attention = exported.additiveAttention;
        const prepared = prepareMemory(attention, params, memory, { lengths: lengths! });
        const attended = attend(attention, params, queries as tf.Tensor2D, prepared, { coverage });
        return { context: attended.context, weights: attended.weights };
      }),
  }),
  row({
    name: 'multiHeadAttention',
    config: { modelSize: 4, heads: 2, memorySize: 3 },
    init: exported.initMultiHeadAttention,
    inputs: pair([3, 2, 4], 3),
    lengths,
    pad: ({ queries, memory }) => ({ queries, memory: pad(memory) }),
    apply: (params, { queries, memory }, lengths) =>
      tf.tidy(() => {
        const prepared = prepareMultiHeadMemory(params, memory, { lengths: lengths! });
        return multiHeadAttention(params, queries as tf.Tensor3D, prepared);
      }),
  }),
  ...[false, true].map((causal) =>
    row({
      name: `selfAttention, causal ${causal}`,
      config: { modelSize: 4, heads: 2 },
      init: exported.initMultiHeadAttention,
      inputs: (normal) => normal([3, 5, 4]) as tf.Tensor3D,
      lengths,
      pad,
      apply: (params, inputs, lengths) => selfAttention(params, inputs, { causal, lengths: lengths! }),
    }),
  ),
  row({
    name: 'learnedPositions',
    config: { maxTime: 9, size: 4 },
    init: exported.initLearnedPositions,
    inputs: (normal) => normal([3, 5, 4]) as tf.Tensor3D,
    apply: (params, inputs) => exported.learnedPositions(params, inputs, { first: 2 }),
  }),
  row({
    name: 'coverageLoss',
    config: {},
    init: () => [],
    inputs: (normal) => ({ weights: normal([3, 5]) as tf.Tensor2D, coverage: normal([3, 5]) as tf.Tensor2D }),
    apply: (_, { weights, coverage }) => exported.coverageLoss(weights, coverage),
  }),
  row({
    name: 'maskedSoftmax',
    config: {},
    init: () => [],
    inputs: (normal) => normal([3, 2, 5]) as tf.Tensor3D,
    apply: (_, scores) => tf.tidy(() => exported.maskedSoftmax(scores, tf.tensor1d([1, 0, 1, 1, 0], 'bool'))),
  }),
];

for (const layer of table) describeLayer(layer, createRng);

test('the table has every exported attention', () => {
  const others = [
    'attend',
    'prepareMemory',
    'prepareMultiHeadMemory',
    'extendMultiHeadMemory',
    'sinusoidalPositions',
  ];
  const names = Object.keys(exported).filter((name) => !name.startsWith('init') && !others.includes(name));
  const covered = new Set(table.map(({ name }) => name.split(',')[0]));
  expect([...covered].sort()).toEqual(names.sort());
});
