import { createRng, type ParamTree, type Rng, startRuntime } from '@ostinato/runtime';
import { describeLayer, type LayerCase } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import * as layers from './index.ts';

beforeAll(() => startRuntime());

// biome-ignore lint/suspicious/noExplicitAny: each row has parameters, inputs and a config of its own
type Row = LayerCase<any, any, any, Rng>;

/** A row of the table, its types held together. */
const row = <Params extends ParamTree, Inputs extends ParamTree, Config>(
  layer: LayerCase<Params, Inputs, Config, Rng>,
): Row => layer;

const sequences = (features: number) => (normal: (shape: number[]) => tf.Tensor) =>
  normal([3, 5, features]) as tf.Tensor3D;
const images = (normal: (shape: number[]) => tf.Tensor) => normal([3, 5, 4, 2]) as tf.Tensor4D;
const lengths = [5, 0, 3];
const full = [5, 5, 5];

function pad<R extends tf.Rank>(inputs: tf.Tensor<R>): tf.Tensor<R> {
  const [batch, , ...rest] = inputs.shape;
  return tf.concat(
    [inputs, tf.fill([batch!, 2, ...rest] as number[] as tf.ShapeMap[R], Number.NaN)],
    1,
  ) as tf.Tensor<R>;
}

const none = () => [];
const ids = () => tf.tensor2d([1, 2, 0, 3, 3, 0, 0, 1, 2], [3, 3], 'int32');
const { averagePool1d, averagePool2d, maxPool1d, maxPool2d, maxOverTime, meanOverTime } = layers;
const { convolutionReader, dropout, lockedDropout } = layers;

const table: Row[] = [
  row({
    name: 'embedding',
    config: { vocabularySize: 4, embeddingSize: 3, paddingId: 0 },
    init: layers.initEmbedding,
    inputs: ids,
    apply: (params, tokenIds) => layers.embedding(params, tokenIds, { paddingId: 0 }),
  }),
  row({
    name: 'tiedOutput',
    config: { vocabularySize: 4, embeddingSize: 3 },
    init: layers.initEmbedding,
    inputs: sequences(3),
    apply: (params, inputs) => layers.tiedOutput(params, inputs),
  }),
  row({
    name: 'linear',
    config: { inputSize: 3, outputSize: 2 },
    init: layers.initLinear,
    inputs: sequences(3),
    apply: layers.linear,
  }),
  row({
    name: 'highway',
    config: { size: 3, layers: 2, gateBias: -1 },
    init: layers.initHighway,
    inputs: sequences(3),
    apply: layers.highway,
  }),
  row({
    name: 'layerNorm',
    config: { size: 4 },
    init: layers.initLayerNorm,
    inputs: sequences(4),
    apply: (params, inputs) => layers.layerNorm(params, inputs),
  }),
  ...(['same', 'causal', 'valid'] as const).flatMap((padding) =>
    [lengths, full].map((lengths) =>
      row({
        name: `conv1d, ${padding}, lengths ${lengths}`,
        config: { inputSize: 2, outputSize: 3, kernelSize: 3 },
        init: layers.initConv1d,
        inputs: sequences(2),
        lengths,
        pad,
        apply: (params, inputs, lengths) =>
          layers.conv1d(params, inputs, {
            padding,
            ...(padding !== 'valid' && { stride: 2 }),
            lengths: lengths!,
          }),
      }),
    ),
  ),
  ...(['same', 'valid'] as const).map((padding) =>
    row({
      name: `conv2d, ${padding}`,
      config: { inputSize: 2, outputSize: 2, kernelSize: [3, 2] as const },
      init: layers.initConv2d,
      inputs: images,
      lengths,
      pad,
      apply: (params, inputs, lengths) =>
        layers.conv2d(params, inputs, { padding, stride: [1, 2], lengths: lengths! }),
    }),
  ),
  ...Object.entries({ maxPool1d, averagePool1d }).map(([name, pool]) =>
    row({
      name,
      config: {},
      init: none,
      inputs: sequences(2),
      lengths,
      pad,
      apply: (_, inputs, lengths) => pool(inputs, { size: 2, stride: 1, lengths: lengths! }),
    }),
  ),
  ...Object.entries({ maxPool2d, averagePool2d }).map(([name, pool]) =>
    row({
      name,
      config: {},
      init: none,
      inputs: images,
      lengths,
      pad,
      apply: (_, inputs, lengths) => pool(inputs, { size: [2, 2], lengths: lengths! }),
    }),
  ),
  ...Object.entries({ maxOverTime, meanOverTime }).map(([name, pool]) =>
    row({
      name,
      config: {},
      init: none,
      inputs: sequences(2),
      lengths,
      pad,
      apply: (_, inputs, lengths) => pool(inputs, { lengths: lengths! }),
    }),
  ),
  row({
    name: 'convolutionReader',
    config: {
      windows: [
        { size: 2, count: 2 },
        { size: 3, count: 1 },
      ],
    },
    init: (config, rng) => convolutionReader(config).init(3, rng),
    inputs: sequences(3),
    lengths,
    pad,
    apply: (params, inputs, lengths) =>
      convolutionReader({
        windows: [
          { size: 2, count: 2 },
          { size: 3, count: 1 },
        ],
      }).read(params, inputs, lengths!),
  }),
  row({
    name: 'characterEncoder',
    config: { vocabularySize: 4, embeddingSize: 3 },
    init: layers.characterEncoder(convolutionReader({ windows: [{ size: 3, count: 2 }] })).init,
    inputs: () => tf.tensor3d([1, 2, 3, 0, 3, 3, 2, 0, 1, 1, 1, 1], [3, 1, 4], 'int32'),
    lengths: [4, 0, 2],
    pad: (characterIds) => tf.concat([characterIds, tf.ones([3, 1, 2], 'int32')], 2) as tf.Tensor3D,
    apply: (params, characterIds, lengths) =>
      layers
        .characterEncoder(convolutionReader({ windows: [{ size: 3, count: 2 }] }))
        .encode(params, characterIds, lengths!),
  }),
  ...Object.entries({ dropout, lockedDropout }).map(([name, drop]) =>
    row({
      name,
      config: {},
      init: none,
      inputs: sequences(4),
      // To predict there is no dropout; a rate of 0 is the same function.
      apply: (_, inputs) => drop(inputs, 0, createRng(1)),
    }),
  ),
  row({
    name: 'embeddingDropout',
    config: { vocabularySize: 4, embeddingSize: 3 },
    init: layers.initEmbedding,
    inputs: ids,
    apply: (params, tokenIds) =>
      tf.tidy(() => layers.embedding(layers.embeddingDropout(params, 0.5, createRng(1)), tokenIds)),
  }),
  row({
    name: 'weightDrop',
    config: { inputSize: 3, outputSize: 3 },
    init: ({ inputSize, outputSize }, rng) => ({
      recurrentKernel: layers.initLinear({ inputSize, outputSize }, rng).kernel,
    }),
    inputs: (normal) => normal([3, 3]) as tf.Tensor2D,
    apply: (params, inputs) =>
      tf.tidy(() => tf.matMul(inputs, layers.weightDrop(params, 0.5, createRng(1)).recurrentKernel)),
  }),
];

for (const layer of table) describeLayer(layer, createRng);

test('the table has every exported layer', () => {
  const others = ['convolvedLengths', 'wordDropout'];
  const names = Object.keys(layers).filter((name) => !name.startsWith('init') && !others.includes(name));
  const covered = new Set(table.map(({ name }) => name.split(',')[0]));
  expect([...covered].sort()).toEqual(names.sort());
});
