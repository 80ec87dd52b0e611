import { ArgumentError, createRng, startRuntime } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { type GenerateOptions, generate } from './generate.ts';
import { languageModel } from './language-model.ts';

beforeAll(() => startRuntime());

const model = languageModel({
  vocabularySize: 6,
  cell: 'lstm',
  layers: 2,
  hiddenSize: 5,
  embeddingSize: 3,
  dropout: 0,
});

function take(count: number, options: Omit<GenerateOptions, 'rng'> & { seed?: number }): number[] {
  const ids: number[] = [];
  const { seed = 1, ...rest } = options;
  for (const id of generate(model, model.init(createRng(9)), { ...rest, rng: createRng(seed) })) {
    ids.push(id);
    if (ids.length === count) break;
  }
  return ids;
}

test('the same seed writes the same, another seed something else', () => {
  expect(take(30, { prompt: [0] })).toEqual(take(30, { prompt: [0] }));
  expect(take(30, { prompt: [0] })).not.toEqual(take(30, { prompt: [0], seed: 2 }));
});

test('at temperature 0 it takes the likeliest token after the whole history', () => {
  const params = model.init(createRng(9));
  const history = [2, 4];
  const written = take(8, { prompt: history, temperature: 0 });
  for (const id of written) {
    // Brute force: run the whole history again, without a carried state.
    const { logits } = model.logits(params, tf.tensor2d([history], undefined, 'int32'));
    const last = [...logits.dataSync()].slice(-6);
    expect(id).toBe(last.indexOf(Math.max(...last)));
    history.push(id);
  }
});

test('refuses an empty prompt, a token that is none, and options out of range', () => {
  expect(() => take(1, { prompt: [] })).toThrow('`prompt` is empty');
  expect(() => take(1, { prompt: [6] })).toThrow('`prompt[0]` is 6, expected a whole number from 0 to 5');
  for (const prompt of [
    [Number.NaN],
    [1.5],
    [2 ** 32],
    [undefined as unknown as number],
    ['1' as unknown as number],
  ])
    expect(() => take(1, { prompt })).toThrow(`\`prompt[0]\` is ${prompt[0]}, expected a whole number`);
  expect(() => take(1, { prompt: [0], temperature: -1 })).toThrow('generate: `temperature` is -1');
  expect(() => take(1, { prompt: [0], topP: 1.5 })).toThrow('generate: `topP` is 1.5');
  expect(() => take(1, { prompt: [0], topK: 0 })).toThrow('generate: `topK` is 0');
});

test('says what is missing', () => {
  const params = model.init(createRng(9));
  const first = (options?: unknown) => generate(model, params, options as never).next();
  for (const [options, message] of [
    [undefined, 'generate: the options are undefined, expected { prompt, rng, … }'],
    [{ rng: createRng(1) }, 'generate: `prompt` is undefined, expected an array of token ids'],
    [{ rng: createRng(1), prompt: 'Once' }, 'generate: `prompt` is "Once", expected an array of token ids'],
    [{ prompt: [0] }, 'generate: `rng` is undefined, expected a generator of createRng(seed)'],
    [{ prompt: [0], rng: Math.random }, 'generate: `rng` is a function, expected a generator'],
  ] as const) {
    expect(() => first(options)).toThrow(ArgumentError);
    expect(() => first(options)).toThrow(message);
  }
  // The likeliest token is not drawn.
  expect(first({ prompt: [0], temperature: 0 }).value).toBeTypeOf('number');
});

test('leaving the loop frees the state', async () => {
  const params = model.init(createRng(9));
  await expectNoLeak(() => {
    for (const _ of generate(model, params, { prompt: [1], rng: createRng(1) })) break;
    return 0;
  });
});
