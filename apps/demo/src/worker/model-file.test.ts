import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { readModel, saveModel } from './model-file.ts';
import { prepareText } from './prepared-text.ts';
import { Run } from './run.ts';

const learned = { name: 'alphabet', text: 'abcdefghijklmnopqrstuvwxyz '.repeat(60), remarks: [] };
const settings = { cell: 'gru', hiddenSize: 8, layers: 1, learningRate: 0.01, seed: 3 } as const;

beforeAll(async () => {
  await startRuntime();
});

test('a run goes on from its file as if it had never stopped', async () => {
  const text = await prepareText(learned);
  const run = Run.start(settings, text);
  await run.step();
  await run.step();
  const saved = await readModel(await saveModel(run), 'model');
  const sameText = await prepareText(learned, saved.tokenizer);
  expect(saved.hasLearned(sameText)).toBe(true);
  const copy = saved.continueWith(sameText);
  const [next, nextOfCopy] = [await run.step(), await copy.step()];
  expect(copy.state.step).toBe(3);
  expect(copy.history.map(({ step }) => step)).toEqual([1, 2, 3]);
  // The averages differ (a file keeps the mean, not its weight); what was learned does not.
  const sample = (of: Run) => [...of.write({ prompt: 'abc', temperature: 1, seed: 9 })].join('');
  expect(sample(copy)).toBe(sample(run));
  expect(nextOfCopy.point.step).toBe(next.point.step);
  run.dispose();
  copy.dispose();
});

test('on another text it begins at the beginning, with what it has learned', async () => {
  const run = Run.start(settings, await prepareText(learned));
  await run.step();
  const saved = await readModel(await saveModel(run), 'model');
  const other = await prepareText({ ...learned, text: learned.text.slice(0, -100) }, saved.tokenizer);
  expect(saved.hasLearned(other)).toBe(false);
  const copy = saved.continueWith(other);
  // The losses on the other text are no measure of this one.
  expect(copy.history).toEqual([]);
  expect(copy.state.cursor).toBeUndefined();
  expect(copy.state.carried).toBeUndefined();
  expect(copy.state.epoch).toBe(0);
  await copy.step();
  expect(copy.state.step).toBe(2);
  run.dispose();
  copy.dispose();
});

test('a text that cannot be compared is taken for another one', async () => {
  const run = Run.start(settings, await prepareText(learned));
  await run.step();
  const saved = await readModel(await saveModel(run), 'model');
  const text = { ...(await prepareText(learned, saved.tokenizer)), digest: undefined };
  expect(saved.hasLearned(text)).toBeUndefined();
  const copy = saved.continueWith(text);
  expect(copy.history).toEqual([]);
  expect(copy.state.epoch).toBe(0);
  run.dispose();
  copy.dispose();
});

test('nothing is left behind when a run is disposed of', async () => {
  const text = await prepareText(learned);
  const before = tf.memory().numTensors;
  const run = Run.start(settings, text);
  await run.step();
  await run.scoreHeldOut(async () => {});
  expect([...run.write({ prompt: '', temperature: 1, seed: 1 })]).toHaveLength(320);
  const saved = await readModel(await saveModel(run), 'model');
  saved.dispose();
  run.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a file that is damaged, or of another kind, is refused by its name', async () => {
  const run = Run.start(settings, await prepareText(learned));
  const bytes = await saveModel(run);
  run.dispose();
  const before = tf.memory().numTensors;
  const changed = bytes.slice();
  changed[changed.length - 5]! ^= 1;
  await expect(readModel(changed, 'mine.safetensors')).rejects.toThrow(
    /^mine\.safetensors: .*damaged or changed/,
  );
  await expect(readModel(bytes.slice(0, -8), 'mine.safetensors')).rejects.toThrow(/^mine\.safetensors: /);
  await expect(readModel(new Uint8Array(0), 'mine.safetensors')).rejects.toThrow(/^mine\.safetensors: /);
  expect(tf.memory().numTensors).toBe(before);
});
