import { startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { prepareText } from './prepared-text.ts';
import { Run } from './run.ts';

const learned = { name: 'alphabet', text: 'abcdefghijklmnopqrstuvwxyz '.repeat(60), remarks: [] };
const settings = { cell: 'gru', hiddenSize: 16, layers: 1, learningRate: 0.02, seed: 3 } as const;

beforeAll(async () => {
  await startRuntime();
});

test('learns the alphabet, from a guess among all tokens to near certainty', async () => {
  const run = Run.start(settings, await prepareText(learned));
  const { tokenizer } = run.text;
  const first = await run.step();
  // Small initial weights: nearly even odds for each of the 27 characters, <unk> and <s>.
  expect(first.point.training).toBeGreaterThan(0.9 * Math.log(tokenizer.vocabulary.size));
  expect(first.point.training).toBeLessThan(1.1 * Math.log(tokenizer.vocabulary.size));
  for (let step = 0; step < 150; step++) await run.step();
  expect(await run.scoreHeldOut(async () => {})).toBeLessThan(0.1);
  const written = [...run.write({ prompt: 'abc', temperature: 0.1, seed: 1 })].join('');
  expect(written.startsWith('defghijklmnopqrstuvwxyz abc')).toBe(true);
  run.dispose();
});

test('a measurement that is broken off leaves no tensors behind, and can be made again', async () => {
  const long = { ...learned, text: learned.text.repeat(4) }; // 648 held-out characters: three windows of 256
  const run = Run.start(settings, await prepareText(long));
  await run.step();
  const before = tf.memory().numTensors;
  const { history } = run;
  let windows = 0;
  const breakOff = async () => {
    if (++windows === 3) throw new Error('not now');
  };
  await expect(run.scoreHeldOut(breakOff)).rejects.toThrow('not now');
  expect(windows).toBe(3);
  expect(tf.memory().numTensors).toBe(before);
  expect(run.history).toEqual(history);
  expect(await run.scoreHeldOut(async () => {})).toBeGreaterThan(0);
  run.dispose();
});

test('its summary names the characters that it knows, and no token that is none', async () => {
  const run = Run.start(settings, await prepareText(learned));
  expect([...run.summary.knownCharacters].sort().join('')).toBe(' abcdefghijklmnopqrstuvwxyz');
  run.dispose();
});

test('the same seed trains the same model', async () => {
  const losses = async () => {
    const run = Run.start(settings, await prepareText(learned));
    const all = [await run.step(), await run.step(), await run.step()].map(({ point }) => point.training);
    run.dispose();
    return all;
  };
  expect(await losses()).toEqual(await losses());
});

test('a loss that is no number is an error that leaves the run where it was', async () => {
  const run = Run.start({ ...settings, learningRate: 1e38 }, await prepareText(learned));
  await run.step();
  await expect(run.step()).rejects.toThrow(/Lower the learning rate/);
  expect(run.state.step).toBe(1);
  await expect(run.step()).rejects.toThrow(/Lower the learning rate/);
  run.dispose();
});
