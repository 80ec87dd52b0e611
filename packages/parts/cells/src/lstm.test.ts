import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { describeGolden } from './golden.test-kit.ts';
import golden from './lstm.reference.json' with { type: 'json' };
import { lstm } from './lstm.ts';
import peepholes from './lstm-peepholes.reference.json' with { type: 'json' };
import projection from './lstm-projection.reference.json' with { type: 'json' };

beforeAll(() => startRuntime());

describeGolden(lstm, golden);
describeGolden(lstm, peepholes);
describeGolden(lstm, projection);

test('zero weights halve the memory', () => {
  const zeros = { inputKernel: tf.zeros([1, 4]), recurrentKernel: tf.zeros([1, 4]), bias: tf.zeros([4]) };
  const params = zeros as Parameters<typeof lstm.step>[0];
  // i = f = o = σ(0) = ½, g = tanh(0) = 0  →  c′ = ½ · 1, h′ = ½ tanh(½) = 0.2310586
  const { output, state } = lstm.step(params, tf.ones([1, 1]), {
    hidden: tf.ones([1, 1]),
    cell: tf.ones([1, 1]),
  });
  expect(state.cell).toBeAllClose([[0.5]]);
  expect(output).toBeAllClose([[0.2310586]]);
});

test('a fresh cell has a forget bias of one', () => {
  const { bias } = lstm.init({ inputSize: 2, hiddenSize: 2 }, createRng(1));
  expect([...bias.dataSync()]).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});
