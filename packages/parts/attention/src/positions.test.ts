import '@ostinato/test-kit';
import { createRng, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { initLearnedPositions, learnedPositions, sinusoidalPositions } from './positions.ts';

beforeAll(() => startRuntime());

test('waves as the paper has them', () => {
  // size 4: sin p, cos p, sin p/100, cos p/100
  expect(sinusoidalPositions(2, 4)).toBeAllClose([
    [0, 1, 0, 1],
    [Math.sin(1), Math.cos(1), Math.sin(0.01), Math.cos(0.01)],
  ]);
  expect(sinusoidalPositions(1, 3, { first: 5 })).toBeAllClose([
    [Math.sin(5), Math.cos(5), Math.sin(5 / 10000 ** (2 / 3))],
  ]);
});

test('learned ones are added from where the sequence goes on, as far as they reach', () => {
  const params = initLearnedPositions({ maxTime: 5, size: 2 }, createRng(1));
  const added = learnedPositions(params, tf.zeros([2, 3, 2]), { first: 2 });
  expect(tf.slice(added, 1)).toBeAllClose(tf.expandDims(tf.slice(params.table, 2), 0), { absolute: 0 });
  expect(() => learnedPositions(params, tf.zeros([1, 4, 2]), { first: 2 })).toThrow(
    'the positions go to 5, but only 5 are learned, 0 to 4',
  );
  expect(() => learnedPositions(params, tf.zeros([1, 4, 3]))).toThrow('expected [batch, time, 2]');
  expect(() => sinusoidalPositions(0, 2)).toThrow('`time` is 0');
});
