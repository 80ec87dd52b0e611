import { createRng, flattenParams, type ParamTree, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { lossWith, ofRows } from './team.test-kit.ts';
import { startTeam } from './team.ts';

beforeAll(() => startRuntime({ deterministic: true }));

const newWorker = () => new Worker(new URL('./team-worker.test-kit.ts', import.meta.url), { type: 'module' });
const rows = Array.from({ length: 6 }, (_, i) => [Math.sin(i), Math.cos(i)]);
const params = () => ({
  recurrent: { kernel: tf.tensor2d([0.3, -0.2, 0.1, 0.4], [2, 2]) },
  bias: tf.tensor1d([0.1, -0.1]),
});

/** The loss and the gradients of a batch by so many Web Workers beside this page. */
async function follow(workers: number, noise: number) {
  const team = await startTeam({
    ...{ workers: Array.from({ length: workers }, newWorker), config: { noise } },
    ...{ params: params(), ...ofRows },
  });
  try {
    const context = { step: 1, carried: { hidden: tf.ones([6, 2]) }, rng: createRng(5) };
    const { loss, gradients, carried } = await team.follow(lossWith(noise), params(), rows, context);
    const numbers = flattenParams([gradients, carried!] as unknown as ParamTree).map(([, tensor]) => [
      ...tensor.dataSync(),
    ]);
    return [loss, ...numbers.flat()];
  } finally {
    await team.close();
  }
}

test('Web Workers give the gradients of the page alone, and the same bits again', async () => {
  const alone = await follow(0, 0);
  const shared = await follow(2, 0);
  expect(shared.length).toBe(alone.length);
  for (const [i, number] of alone.entries()) expect(shared[i]).toBeCloseTo(number, 5);
  expect(await follow(2, 0.1)).toEqual(await follow(2, 0.1));
});

test('a worker whose module cannot be loaded is an error', async () => {
  const worker = new Worker(new URL('./no-such-worker.ts', location.href), { type: 'module' });
  const options = { config: null, params: params(), ...ofRows };
  await expect(startTeam({ workers: [worker], ...options })).rejects.toThrow('worker 1 is lost');
});
