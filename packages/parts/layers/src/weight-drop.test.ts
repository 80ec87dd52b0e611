import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { weightDrop } from './weight-drop.ts';

beforeAll(() => startRuntime());

test('drops recurrent weights alone, wherever in the tree they are', () => {
  const params = {
    layers: [
      { inputKernel: tf.ones([4, 4]), recurrentKernel: tf.ones([10, 10]) },
      { inputKernel: tf.ones([4, 4]), recurrentKernel: tf.ones([10, 10]) },
    ],
  };
  const dropped = weightDrop(params, 0.5, createRng(1));
  for (const [i, layer] of dropped.layers.entries()) {
    expect(layer.inputKernel).toBe(params.layers[i]!.inputKernel);
    expect(new Set(layer.recurrentKernel.dataSync())).toEqual(new Set([0, 2]));
  }
  expect(dropped.layers[0]!.recurrentKernel).not.toBeAllClose(dropped.layers[1]!.recurrentKernel);
});

test('takes others where it is told to, and says when there is none', () => {
  const params = { kernel: tf.ones([10]) };
  expect(weightDrop(params, 1, createRng(1), () => true).kernel).toBeAllClose(tf.zeros([10]));
  expect(() => weightDrop(params, 0.5, createRng(1))).toThrow(
    'none of these parameters is a recurrentKernel',
  );
  expect(() => weightDrop(params, 0.5, undefined as never, () => true)).toThrow(
    'weightDrop: `rng` is undefined',
  );
});
