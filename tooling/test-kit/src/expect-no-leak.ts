import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/**
 * Runs work twice (the first time may fill caches) and expects as many tensors after it as before, but for those
 * that it returns on purpose.
 *
 * @param work returns how many tensors it hands to its caller
 * @param name of the work, for the message
 */
export async function expectNoLeak(work: () => number | Promise<number>, name?: string): Promise<void> {
  await work();
  const before = tf.memory().numTensors;
  const handed = await work();
  expect(
    tf.memory().numTensors - before,
    name ? `tensors left behind by ${name}` : 'tensors left behind',
  ).toBe(handed);
}
