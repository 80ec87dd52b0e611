import { startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { averageParams } from './average-params.ts';
import { averagedSgd, ntAsgd } from './averaged-sgd.ts';
import { byPath, freeze } from './by-path.ts';
import { applyUpdates, chain } from './optimizer.ts';
import { below } from './path-filter.ts';
import { reduceOnPlateau } from './reduce-on-plateau.ts';
import { sgd } from './sgd.ts';

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

test('behind a rate that falls the average is one of parameters that were', () => {
  const optimizer = chain(
    reduceOnPlateau({ patience: 0, factor: 0.1 }),
    averagedSgd({ learningRate: 0.1, decay: 0, power: 0, start: 0 }),
  );
  let params: tf.Tensor = tf.scalar(1);
  let state = optimizer.observe!(optimizer.observe!(optimizer.init(params), 1), 2); // the rate falls to 0.01
  for (let i = 0; i < 4; i++) {
    const update = optimizer.update(params, tf.scalar(1), state);
    params = applyUpdates(params, update.updates);
    state = update.state;
  }
  // The weights are 1, 1, 1/2, 1/3: of 0.99 0.98 0.97 0.96 the first is forgotten, and the mean of the others is 0.97.
  expect(optimizer.average!(params, state)!).toBeAllClose(0.97, { absolute: 1e-6 });
});

test('nothing may move the parameters after their average was taken', () => {
  expect(() => chain(averagedSgd(), reduceOnPlateau())).toThrow(
    'chain: reduceOnPlateau comes after averagedSgd, which averages the parameters as it leaves them. Put it before.',
  );
  expect(chain(chain(sgd()), reduceOnPlateau()).average).toBeUndefined();
  expect(chain(freeze(below('embedding'), sgd()), reduceOnPlateau()).average).toBeUndefined();
  expect(() => chain(byPath([[() => true, averagedSgd()]]), reduceOnPlateau())).toThrow(
    'averages the parameters',
  );
  expect(chain(averagedSgd(), averageParams(0.9)).average).toBeDefined();
});
