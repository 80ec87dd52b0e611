import '@ostinato/test-kit';
import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { conv1d } from './conv1d.ts';
import { conv2d } from './conv2d.ts';
import { embedding } from './embedding.ts';
import { layerNorm } from './layer-norm.ts';
import golden from './layers.reference.json' with { type: 'json' };
import { averagePool2d, maxPool2d } from './pooling.ts';

beforeAll(() => startRuntime());

type Numbers = { shape: number[]; values: number[] };
type Tensors = Record<string, tf.Tensor>;
// biome-ignore lint/suspicious/noExplicitAny: each layer reads the options and tensors of its own cases
type Run = (tensors: any, options: any) => tf.Tensor;

const layers: Record<string, Run> = {
  conv1d: ({ inputs, ...params }, options) => conv1d(params, inputs, options),
  conv2d: ({ inputs, ...params }, options) => conv2d(params, inputs, options),
  maxPool2d: ({ inputs }, options) => maxPool2d(inputs, options),
  averagePool2d: ({ inputs }, options) => averagePool2d(inputs, options),
  layerNorm: ({ inputs, ...params }) => layerNorm(params, inputs),
  embedding: (params, options) =>
    embedding(params, tf.tensor2d([1, 0, 2, 0, 1, 1], [2, 3], 'int32'), options),
};

const tensor = ({ shape, values }: Numbers) => tf.tensor(values, shape);
const close = { absolute: 1e-5, relative: 1e-5 };

describe(`agrees with ${golden.source}`, () => {
  const { source: _, ...cases } = golden;
  const table = Object.entries(cases).flatMap(([name, list]) => list.map((one) => [name, one] as const));
  test.each(table)('%s %#', (name, { options, tensors, outputs, gradients }) => {
    const given: Tensors = Object.fromEntries(
      Object.entries(tensors).map(([part, value]) => [part, tensor(value as Numbers)]),
    );
    const names = Object.keys(given);
    let result: tf.Tensor | undefined;
    const { grads } = tf.engine().gradients(
      () => {
        result = tf.keep(layers[name]!(given, options));
        return tf.sum(tf.mul(result, tf.reshape(tf.cos(tf.range(0, result.size)), result.shape)));
      },
      names.map((part) => given[part]!),
    );
    expect(result!).toBeAllClose(tensor(outputs), close);
    names.forEach((part, i) => {
      expect(grads[i]!, part).toBeAllClose(
        tensor((gradients as unknown as Record<string, Numbers>)[part]!),
        close,
      );
    });
  });
});
