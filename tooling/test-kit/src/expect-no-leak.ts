import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Runs work twice (the first time may fill caches) and expects as many tensors after it as before, but for those
 * that it returns on purpose.
 *
 * @param work returns how many tensors it hands to its caller
 */
export async function expectNoLeak(work: () => number | Promise<number>): Promise<void> {
  await work();
  const before = tf.memory().numTensors;
  const handed = await work();
  expect(tf.memory().numTensors - before, 'tensors left behind').toBe(handed);
}
