import { countParams, createRng, disposeParams, startRuntime, valueAndGradients } from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { LanguageModelConfig } from './config.ts';
import { type LanguageModelBatch, languageModel } from './language-model.ts';

beforeAll(() => startRuntime());

const config: LanguageModelConfig = {
  vocabularySize: 5,
  cell: 'gru',
  layers: 2,
  hiddenSize: 4,
  embeddingSize: 3,
  dropout: 0,
};

const batch: LanguageModelBatch = {
  inputs: Int32Array.of(0, 1, 2, 3, 4, 0),
  targets: Int32Array.of(1, 2, 3, 4, 0, 1),
  batchSize: 2,
  time: 3,
};

test('has the parameters that its config says', () => {
  const params = languageModel(config).init(createRng(1));
  // embedding 5·3; gru 3·(in·4 + 4·4 + 2·4), in = 3 and 4; output 4·5 + 5
  expect(countParams(params)).toBe(15 + 3 * (12 + 16 + 8) + 3 * (16 + 16 + 8) + 25);
});

test('an untrained model is as lost as a die: about ln V nats a token', () => {
  const model = languageModel({ ...config, vocabularySize: 50, hiddenSize: 16 });
  const inputs = Int32Array.from({ length: 64 }, (_, i) => i % 50);
  const wide = { inputs, targets: inputs.slice().reverse(), batchSize: 2, time: 32 };
  const { loss } = model.loss(model.init(createRng(1)), wide, { rng: createRng(2) });
  expect(Math.abs(loss.dataSync()[0]! - Math.log(50))).toBeLessThan(0.3);
});

test.each(['rnn', 'lstm', 'gru'] as const)(
  'gradients of the loss agree with finite differences (%s)',
  (cell) => {
    const model = languageModel({ ...config, cell });
    const params = model.init(createRng(3));
    expectGradients((p) => model.loss(p, batch, { rng: createRng(1) }).loss, params, { samples: 6 });
  },
);

test('the state carries on: two windows give what one gives', () => {
  const model = languageModel({ ...config, cell: 'lstm' });
  const params = model.init(createRng(4));
  const ids = tf.tensor2d([[0, 1, 2, 3, 4, 0]], [1, 6], 'int32');
  const whole = model.logits(params, ids);
  const first = model.logits(params, tf.slice(ids, [0, 0], [1, 2]));
  const second = model.logits(params, tf.slice(ids, [0, 2]), { state: first.state });
  expect(tf.concat([first.logits, second.logits], 1)).toBeAllClose(whole.logits, { absolute: 1e-5 });
});

test('dropout is on in training alone, and drawn from the generator', () => {
  const model = languageModel({ ...config, dropout: 0.5 });
  const params = model.init(createRng(5));
  const ids = tf.tensor2d([[0, 1, 2]], [1, 3], 'int32');
  const logits = (seed?: number) =>
    model.logits(params, ids, seed === undefined ? {} : { rng: createRng(seed) }).logits;
  expect(logits()).toBeAllClose(logits(), { absolute: 0 });
  expect(logits(1)).toBeAllClose(logits(1), { absolute: 0 });
  expect(logits(1)).not.toBeAllClose(logits(2));
  expect(logits(1)).not.toBeAllClose(logits());
});

test('a training step leaves nothing behind but what it returns', async () => {
  const model = languageModel({ ...config, dropout: 0.2 });
  const params = model.init(createRng(6));
  await expectNoLeak(() => {
    const { value, gradients, rest } = valueAndGradients(params, (p) => {
      const { loss, carried } = model.loss(p, batch, { rng: createRng(1) });
      return { value: loss, rest: carried as tf.Tensor[] };
    });
    disposeParams([value, gradients, rest]);
    return 0;
  });
});

test.each([
  [{ vocabularySize: 0 }, '`vocabularySize` is 0'],
  [{ layers: 1.5 }, '`layers` is 1.5'],
  [{ dropout: 2 }, '`dropout` is 2'],
  [{ cell: 'elman' as 'rnn' }, '"elman", expected one of rnn, lstm, gru'],
])('refuses %j', (part, message) => {
  expect(() => languageModel({ ...config, ...part })).toThrow(message);
});
