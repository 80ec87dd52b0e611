import {
  createRng,
  flattenParams,
  indexedDbStore,
  memoryStore,
  opfsStore,
  type ParamTree,
  packFiles,
  startRuntime,
  unpackFiles,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { adam } from './adam.ts';
import { type BatchSource, fit } from './fit.ts';
import { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';

beforeAll(() => startRuntime());

type Params = { w: tf.Tensor1D };
const optimizer = adam({ learningRate: 0.05 });
const fresh = () => startTraining<Params>({ w: tf.tensor1d([0.3, -0.1]) }, optimizer, createRng(1));
const batches: BatchSource<number> = {
  async *open(_epoch, cursor = 0) {
    for (let i = cursor as number; i < 4; i++)
      yield { batch: i, tokens: 1, cursor: i + 1, fraction: (i + 1) / 4, fresh: i === 0 };
  },
};

/** Trains until a step; the loss draws noise and carries a state, so that a resume must restore both. */
async function trainTo(steps: number, state: TrainingState<Params>) {
  for await (const event of fit<Params, number>({
    ...{ state, optimizer, batches, budget: { steps } },
    loss({ w }, x, { carried, rng }) {
      const sum = tf.add((carried as { sum: tf.Tensor } | undefined)?.sum ?? 0, x + rng.normal());
      return { loss: tf.sum(tf.square(tf.sub(w, tf.tanh(sum)))) as tf.Scalar, carried: { sum } };
    },
  }))
    state = event.state;
  return state;
}

const bits = ({ params, optimizerState, carried, rng }: TrainingState<Params>) => [
  ...flattenParams({ params, optimizerState, carried: carried! } as ParamTree).map(([path, tensor]) => [
    path,
    ...tensor.dataSync(),
  ]),
  rng.state(),
];

test.each([
  ['opfsStore', opfsStore],
  ['indexedDbStore', indexedDbStore],
])('a run resumed from %s, or from a downloaded file of it, ends with the same bits', async (_, open) => {
  const whole = bits(await trainTo(14, fresh()));
  for (const step of [3, 6]) {
    await saveCheckpoint(open('checkpoints'), await trainTo(step, fresh()), {}, { keep: 2 });
    const loaded = await loadCheckpoint(open('checkpoints'), fresh().params, optimizer);
    expect(bits(await trainTo(14, loaded!.state))).toEqual(whole);
  }
  const zip = await packFiles(open('checkpoints'), ['training-state.safetensors']);
  const upload = memoryStore();
  await unpackFiles(zip, upload);
  const loaded = await loadCheckpoint(upload, fresh().params, optimizer);
  expect(loaded!.state.step).toBe(6);
  expect(bits(await trainTo(14, loaded!.state))).toEqual(whole);
});
