import { startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { ntAsgd } from './averaged-sgd.ts';
import { applyUpdates } from './optimizer.ts';

beforeAll(() => startRuntime());

/** The step after which algorithm 1 of Merity et al. begins, by its own words; one evaluation after every step. */
function triggerOf(losses: readonly number[], n: number): number {
  const logs: number[] = [];
  for (const [t, loss] of losses.entries()) {
    if (t > n && loss > Math.min(...logs.slice(0, t - n))) return t + 1;
    logs.push(loss);
  }
  return Number.POSITIVE_INFINITY;
}

test.each([
  [[5, 4, 3, 4, 4, 4, 4, 4], 2],
  [[5, 4, 3, 2, 1, 6, 7, 8], 1],
  [[5, 4, 3, 2.5, 2, 1.5, 1, 0.5], 2],
  [[1, 2, 2, 2, 2, 2, 2, 2], 5],
])('averages as the paper does, with the losses %j and n = %i', (losses, patience) => {
  const optimizer = ntAsgd({ learningRate: 1, patience });
  let params: tf.Tensor = tf.scalar(0);
  let state = optimizer.init(params);
  const begins = triggerOf(losses, patience);
  const seen: number[] = [];
  for (const [i, loss] of losses.entries()) {
    const update = optimizer.update(params, tf.scalar(-((i + 1) ** 2)), state);
    params = applyUpdates(params, update.updates);
    state = optimizer.observe!(update.state, loss);
    if (i + 1 >= begins) seen.push(params.dataSync()[0]!);
    const average = optimizer.average!(params, state);
    if (seen.length === 0) expect(average).toBeUndefined();
    else expect(average!).toBeAllClose(seen.reduce((a, b) => a + b) / seen.length, { relative: 1e-6 });
  }
});
