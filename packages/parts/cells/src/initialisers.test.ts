import '@ostinato/test-kit';
import { createRng, randomNormal, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { gru } from './gru.ts';
import { chronoBias, gateBias, glorotUniform, lecunUniform } from './initialisers.ts';
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

test('lecun: even in ±√(3 / rows), so that variance one stays one', () => {
  const kernel = lecunUniform(createRng(1), [48, 64]);
  const values = [...kernel.dataSync()];
  // √(3 / 48) = 0.25
  expect(Math.max(...values)).toBeLessThanOrEqual(0.25);
  expect(Math.max(...values)).toBeGreaterThan(0.24);
  expect(Math.min(...values)).toBeLessThan(-0.24);
  const { variance } = tf.moments(tf.matMul(randomNormal(createRng(2), [200, 48], 1), kernel));
  expect(Math.abs(variance.dataSync()[0]! - 1)).toBeLessThan(0.05);
  const { inputKernel } = lstm.init(
    { inputSize: 3, hiddenSize: 400, inputInitialiser: 'lecun' },
    createRng(1),
  );
  expect(Math.max(...inputKernel.dataSync())).toBeGreaterThan(0.99);
  expect(() => lecunUniform(createRng(1), [0, 1])).toThrow('`rows` is 0, expected a positive integer');
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
});

test('chrono: memories of 1 to so many steps', () => {
  const size = 400;
  const { bias } = lstm.init({ inputSize: 1, hiddenSize: size, chrono: 101 }, createRng(1));
  const [input, forget, candidate, output] = tf.split(bias, 4).map((gate) => [...gate.dataSync()]);
  // σ(log u) keeps u / (1 + u), a memory of 1 + u steps; u is even in [1, 101): mean 51, standard error 29 / 20
  const spans = forget!.map(Math.exp);
  expect(Math.min(...spans)).toBeGreaterThanOrEqual(1 - 1e-6);
  expect(Math.max(...spans)).toBeLessThan(101 + 1e-3);
  expect(Math.abs(spans.reduce((sum, span) => sum + span, 0) / size - 51)).toBeLessThan(6);
  expect(input).toBeAllClose(forget!.map((log) => -log));
  expect([...candidate!, ...output!].every((value) => value === 0)).toBe(true);
  const { inputBias } = gru.init({ inputSize: 1, hiddenSize: 2, chrono: 9 }, createRng(1));
  expect([...inputBias.dataSync()].map((value) => value > 0)).toEqual([
    false,
    false,
    true,
    true,
    false,
    false,
  ]);
  expect(() => gru.init({ inputSize: 1, hiddenSize: 2, chrono: -1 }, createRng(1))).toThrow(
    'gru: `chrono` is -1, expected a positive number',
  );
  expect(() => lstm.init({ inputSize: 1, hiddenSize: 2, chrono: -3 }, createRng(1))).toThrow(
    'lstm: `chrono` is -3, expected a positive number',
  );
  expect(() => chronoBias(createRng(1), 2, 0, [1])).toThrow('chronoBias: `span` is 0');
  expect(() => chronoBias(undefined as never, 2, 9, [1])).toThrow('chronoBias: `rng` is undefined');
});

test('an initialiser that is none is named', () => {
  const config = { inputSize: 1, hiddenSize: 1, recurrentInitialiser: 'xavier' as 'glorot' };
  expect(() => lstm.init(config, createRng(1))).toThrow(
    'lstm: `recurrentInitialiser` is "xavier", expected one of uniform, glorot, lecun, orthogonal.',
  );
  expect(() => lstm.init({ inputSize: 1, hiddenSize: 1, projectionSize: 0 }, createRng(1))).toThrow(
    'lstm: `projectionSize` is 0, expected a positive integer.',
  );
});
