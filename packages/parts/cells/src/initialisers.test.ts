import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { gru } from './gru.ts';
import { gateBias, glorotUniform } from './initialisers.ts';
import { lstm } from './lstm.ts';

beforeAll(() => startRuntime());

test('glorot: even in ±√(6 / (rows + columns))', () => {
  const values = [...glorotUniform(createRng(1), [40, 56]).dataSync()];
  // √(6 / 96) = 0.25
  expect(Math.max(...values)).toBeLessThanOrEqual(0.25);
  expect(Math.max(...values)).toBeGreaterThan(0.24);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.25);
  expect(Math.min(...values)).toBeLessThan(-0.24);
});

test('each gate has an orthogonal kernel of its own', () => {
  const config = { inputSize: 3, hiddenSize: 5, recurrentInitialiser: 'orthogonal' } as const;
  const { recurrentKernel, inputKernel } = gru.init(config, createRng(1));
  const gates = tf.split(recurrentKernel, 3, 1);
  for (const gate of gates) {
    expect(tf.matMul(gate, gate, true)).toBeAllClose(tf.eye(5), { absolute: 2e-6 });
  }
  expect(gates[0]).not.toBeAllClose(gates[1]!);
  expect(inputKernel.shape).toEqual([3, 15]);
});

test('the bias of one gate', () => {
  expect([...gateBias(2, 3, 1, 4).dataSync()]).toEqual([0, 0, 4, 4, 0, 0]);
  const { bias } = lstm.init({ inputSize: 1, hiddenSize: 1, forgetBias: -2 }, createRng(1));
  expect([...bias.dataSync()]).toEqual([0, -2, 0, 0]);
  const { inputBias } = gru.init({ inputSize: 1, hiddenSize: 1, updateBias: 3 }, createRng(1));
  expect([...inputBias.dataSync()]).toEqual([0, 3, 0]);
});

test('an initialiser that is none is named', () => {
  const config = { inputSize: 1, hiddenSize: 1, recurrentInitialiser: 'xavier' as 'glorot' };
  expect(() => lstm.init(config, createRng(1))).toThrow(
    'lstm: `recurrentInitialiser` is "xavier", expected one of uniform, glorot, orthogonal.',
  );
  expect(() => lstm.init({ inputSize: 1, hiddenSize: 1, projectionSize: 0 }, createRng(1))).toThrow(
    'lstm: `projectionSize` is 0, expected a positive integer.',
  );
});
