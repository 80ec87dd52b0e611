import '@ostinato/test-kit';
import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { neuralCache } from './neural-cache.ts';

beforeAll(() => startRuntime());

test('a token that the model holds for impossible, and the cache does not know, stays finite', () => {
  const cache = neuralCache({ size: 7, theta: 0.8, weight: 0.4 });
  const nats = Float64Array.of(1, 2000, 3);
  cache.mix(nats, tf.ones([3, 2]), Int32Array.of(1, 2, 1));
  cache.dispose();
  // Nothing is remembered at first; then −ln(0.6 e⁻²⁰⁰⁰) = 2000 − ln 0.6; of two equal vectors one goes before a 1:
  // −ln(0.6 e⁻³ + 0.4 · ½).
  expect(nats[0]).toBe(1);
  expect(nats[1]).toBeCloseTo(2000 - Math.log(0.6), 6);
  expect(nats[2]).toBeCloseTo(-Math.log(0.6 * Math.exp(-3) + 0.2), 6);
});
