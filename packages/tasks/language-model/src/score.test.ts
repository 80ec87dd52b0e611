import { ArgumentError, createRng, startRuntime } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { languageModel } from './language-model.ts';
import { type Score, score } from './score.ts';

beforeAll(() => startRuntime());

const model = languageModel({
  vocabularySize: 4,
  cell: 'lstm',
  layers: 1,
  hiddenSize: 3,
  embeddingSize: 2,
  dropout: 0.5,
});
const ids = Int32Array.of(1, 3, 2, 2, 1, 0, 3);
const text = { length: ids.length, read: (start: number, end: number) => ids.subarray(start, end) };

test('is the sum of −log p of each token after all before it', async () => {
  const params = model.init(createRng(1));
  let expected = 0;
  for (let i = 0; i < ids.length; i++) {
    // Brute force: the whole history again for every token, softmax by hand.
    const history = tf.tensor2d([0, ...ids.subarray(0, i)], [1, i + 1], 'int32');
    const logits = [...model.logits(params, history).logits.dataSync()].slice(-4);
    const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
    expected -= Math.log(Math.exp(logits[ids[i]!]!) / total);
  }
  for (const windowLength of [1, 2, 3, 7, 100]) {
    const { totalNats, tokens } = await score(model, params, text, { startId: 0, windowLength });
    expect(totalNats).toBeCloseTo(expected, 4);
    expect(tokens).toBe(7);
  }
});

test('reports how far it is', async () => {
  const seen: number[] = [];
  const onProgress = (fraction: number) => seen.push(fraction);
  await score(model, model.init(createRng(1)), text, { startId: 0, windowLength: 3, onProgress });
  expect(seen).toEqual([3 / 7, 6 / 7, 1]);
});

test('leaves no tensor behind', async () => {
  const params = model.init(createRng(1));
  await expectNoLeak(async () => {
    await score(model, params, text, { startId: 0, windowLength: 2 });
    return 0;
  });
});

test('an id that is none is named with its place', async () => {
  const params = model.init(createRng(1));
  const text = (ids: number[]) => ({
    length: ids.length,
    read: (a: number, b: number) => Int32Array.from(ids.slice(a, b)),
  });
  await expect(score(model, params, text([1, 2, 4]), { startId: 0, windowLength: 2 })).rejects.toThrow(
    '`text[2]` is 4, expected a token id from 0 to 3',
  );
  await expect(score(model, params, text([1]), { startId: undefined as never })).rejects.toThrow(
    '`startId` is undefined',
  );
  await expect(score(model, params, text([1]), { startId: 0, windowLength: 0 })).rejects.toThrow(
    'score: `windowLength` is 0',
  );
});

test('says what a text is, and that the options are missing', async () => {
  const params = model.init(createRng(1));
  for (const [given, found] of [
    [ids, 'an Int32Array'],
    [[1, 2], 'an Array'],
    ['some text', '"some text"'],
    [undefined, 'undefined'],
    [{ length: 3 }, 'an object without `read`'],
  ]) {
    const scored = expect(score(model, params, given as never, { startId: 0 })).rejects;
    await scored.toThrow(ArgumentError);
    await expect(score(model, params, given as never, { startId: 0 })).rejects.toThrow(
      `score: \`text\` is ${found}, expected { length, read }. memoryTokens(Int32Array.from(ids)) of @ostinato/data makes one.`,
    );
  }
  const bare = score as unknown as (...args: unknown[]) => Promise<Score>;
  await expect(bare(model, params, text)).rejects.toThrow(ArgumentError);
  await expect(bare(model, params, text)).rejects.toThrow(
    'score: the options are undefined, expected { startId, … }',
  );
});
