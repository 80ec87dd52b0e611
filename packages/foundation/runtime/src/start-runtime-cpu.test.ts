import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { dropoutMask } from './dropout-mask.ts';
import { layerNormalization } from './kernels/index.ts';
import { createRng } from './rng.ts';
import { startRuntime } from './start-runtime.ts';

test('the CPU backend starts without a word, and runs what the kernels run', async () => {
  const warn = vi.spyOn(console, 'warn');
  expect(await startRuntime({ backend: 'cpu' })).toEqual({ backend: 'cpu', simd: false, kernels: 'none' });
  // (x − 2) / √(1 + 0): −1 and 1
  const x = tf.tensor1d([1, 3]);
  expect(
    layerNormalization({ inputs: x, gain: tf.ones([2]), bias: tf.zeros([2]), epsilon: 1e-12 }),
  ).toBeAllClose([-1, 1]);
  expect(new Set(dropoutMask(createRng(1), [50], 0.5).dataSync())).toEqual(new Set([0, 2]));
  expect(warn).not.toHaveBeenCalled();
  expect(tf.env().getBool('PROD')).toBe(false);
});
