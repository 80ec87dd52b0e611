import { type LstmParams, lstm } from '@ostinato/cells';
import type { LinearParams } from '@ostinato/layers';
import {
  ArgumentError,
  countParams,
  createRng,
  disposeParams,
  dropoutMask,
  startRuntime,
  valueAndGradients,
} from '@ostinato/runtime';
import { expectGradients, expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DropoutRates, LanguageModelConfig } from './config.ts';
import { gradientRms } from './dynamic-evaluation.ts';
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

test('a fresh lstm: inputs by fan-in, orthogonal from state to state, forget gates half open', () => {
  const model = languageModel({ ...config, cell: 'lstm', layers: 1, hiddenSize: 40, embeddingSize: 12 });
  const { inputKernel, recurrentKernel, bias } = model.init(createRng(1)).recurrent.layers[0] as LstmParams;
  // √(3 / 12) = 0.5; the cells' own start is within 1/√40 = 0.16
  const widest = tf.max(tf.abs(inputKernel)).dataSync()[0]!;
  expect(widest).toBeGreaterThan(0.49);
  expect(widest).toBeLessThanOrEqual(0.5);
  for (const gate of tf.split(recurrentKernel, 4, 1)) {
    expect(tf.matMul(gate, gate, true)).toBeAllClose(tf.eye(40), { absolute: 1e-5 });
  }
  expect([...bias.dataSync()].every((value) => value === 0)).toBe(true);
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

test.each<Partial<LanguageModelConfig>>([{}, { tiedEmbeddings: true, cell: 'lstm' }])(
  'a stepper reads as `logits` does, from the start or from where that ended: %j',
  async (more) => {
    const model = languageModel({ ...config, ...more });
    const params = model.init(createRng(1));
    // Two streams: 0 1 2 and 3 4 0.
    const window = (inputs: number[]) => tf.tensor2d(inputs, [2, inputs.length / 2], 'int32');
    const whole = model.logits(params, window([0, 1, 2, 3, 4, 0])).logits;
    const at = (step: number) => tf.reshape(tf.slice(whole, [0, step, 0], [2, 1, 5]), [2, 5]);
    const streams = model.stepper(params);
    const first = streams.step(Int32Array.of(0, 3));
    const second = streams.step(Int32Array.of(1, 4), first.state);
    const again = streams.step(Int32Array.of(1, 4), model.logits(params, window([0, 3])).state);
    expect(first.logits).toBeAllClose(at(0), { absolute: 2e-6 });
    for (const { logits, state } of [second, again]) {
      expect(logits).toBeAllClose(at(1), { absolute: 2e-6 });
      expect(streams.step(Int32Array.of(2, 0), state).logits).toBeAllClose(at(2), { absolute: 2e-6 });
    }
    streams.dispose();
  },
);

test('a stepper keeps the parameters as they were, leaves nothing behind, and refuses what does not fit', async () => {
  const model = languageModel(config);
  const params = model.init(createRng(1));
  const expected = model.logits(params, tf.tensor2d([2], [1, 1], 'int32')).logits;
  const stream = model.stepper(params);
  disposeParams(params);
  const { logits, state } = stream.step(Int32Array.of(2));
  expect(logits).toBeAllClose(tf.reshape(expected, [1, 5]), { absolute: 2e-6 });
  expect(() => stream.step(Int32Array.of(5), state)).toThrow('expected ids from 0 to 4');
  expect(() => stream.step(Int32Array.of(1, 2), state)).toThrow('has shape [1, 4], expected [2, 4]');
  stream.dispose();
  expect(() => stream.step(Int32Array.of(1), state)).toThrow('disposed of');
  const fresh = model.init(createRng(1));
  expect(() => model.stepper(fresh).step(new Int32Array(0))).toThrow('at least one token, got none');
  for (const part of ['embedding', 'recurrent', 'output'] as const) {
    const broken = model.init(createRng(1));
    disposeParams(broken[part]);
    await expectNoLeak(() => {
      expect(() => model.stepper(broken)).toThrow('disposed');
      return 0;
    });
  }
  await expectNoLeak(() => {
    const stepper = model.stepper(fresh);
    const next = stepper.step(Int32Array.of(2));
    next.logits.dispose();
    disposeParams(next.state);
    stepper.dispose();
    return 0;
  });
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

test('tied: the table is the output too, and the last layer as wide as it', () => {
  const model = languageModel({ ...config, tiedEmbeddings: true });
  const params = model.init(createRng(1));
  // table 5·3; gru 3·(in·out + out·out + 2·out), 3 → 4 and 4 → 3; a bias of 5
  expect(countParams(params)).toBe(15 + 3 * (12 + 16 + 8) + 3 * (12 + 9 + 6) + 5);
  expect(() => languageModel({ ...config, tiedEmbeddings: true, layers: 1 })).toThrow(
    '`embeddingSize` is 3 and `hiddenSize` 4',
  );
});

test('tied: the gradient of the table is the sum of both its uses', () => {
  const model = languageModel({ ...config, tiedEmbeddings: true });
  const params = model.init(createRng(3));
  expectGradients((p) => model.loss(p, batch, { rng: createRng(1) }).loss, params, { samples: 15 });
  // The same numbers in a model with two tables, whose gradients are apart.
  const { table } = params.embedding;
  const apart = { ...params, output: { ...params.output, kernel: tf.transpose(table) as tf.Tensor2D } };
  const untied = languageModel(config);
  const gradientsOf = (m: typeof model, p: typeof params) =>
    valueAndGradients(p, (p) => ({ value: m.loss(p, batch, { rng: createRng(1) }).loss, rest: [] }))
      .gradients;
  const both = gradientsOf(untied, apart);
  const { kernel } = both.output as LinearParams;
  expect(gradientsOf(model, params).embedding.table).toBeAllClose(
    tf.add(both.embedding.table, tf.transpose(kernel)),
    { absolute: 1e-6 },
  );
});

describe('dropout by place', () => {
  const rates: DropoutRates = { embedding: 0.4, input: 0.3, hidden: 0.3, output: 0.4, recurrentKernel: 0.5 };
  const wide = { ...config, cell: 'lstm' as const, hiddenSize: 8, embeddingSize: 6 };
  const ids = () => tf.tensor2d([1, 2, 3, 1, 2, 4, 0, 1], [2, 4], 'int32');
  const run = (dropout: LanguageModelConfig['dropout'], seed?: number) => {
    const model = languageModel({ ...wide, dropout });
    return model.logits(model.init(createRng(5)), ids(), seed === undefined ? {} : { rng: createRng(seed) })
      .logits;
  };

  test('none without a generator, and rates of 0 are none', () => {
    expect(run(rates)).toBeAllClose(run(0), { absolute: 0 });
    expect(run({}, 1)).toBeAllClose(run(0), { absolute: 0 });
  });

  test.each(Object.entries(rates))('%s is drawn from the generator', (place, rate) => {
    expect(run({ [place]: rate }, 1)).toBeAllClose(run({ [place]: rate }, 1), { absolute: 0 });
    expect(run({ [place]: rate }, 1)).not.toBeAllClose(run({ [place]: rate }, 2));
    expect(run({ [place]: rate }, 1)).not.toBeAllClose(run(0));
  });

  test('embedding: a token that is dropped is so wherever it is read', () => {
    // Of the lowest layer's inputs only; without recurrence the outputs show which were zero.
    const model = languageModel({ ...wide, layers: 1, dropout: { embedding: 0.5 } });
    const p = model.init(createRng(5));
    const [layer] = p.recurrent.layers as [LstmParams];
    const memoryless = { ...layer, recurrentKernel: tf.zerosLike(layer.recurrentKernel) };
    // The forget gate shut, so that nothing comes from the steps before.
    const bias = tf.tensor1d(Array.from({ length: 32 }, (_, i) => (i >= 8 && i < 16 ? -100 : 0.1)));
    const shut = { ...memoryless, bias };
    const { logits } = model.logits({ ...p, recurrent: { layers: [shut] } }, ids(), { rng: createRng(1) });
    const steps = tf.unstack(tf.reshape(logits, [8, 5]));
    const tokenIds = [...ids().dataSync()];
    for (const [i, id] of tokenIds.entries()) {
      expect(steps[i]!).toBeAllClose(steps[tokenIds.indexOf(id)]!, { absolute: 1e-6 });
    }
  });

  test('weights: the fused window is the cell stepped with one kernel, in which weights are zero', () => {
    const model = languageModel({ ...wide, layers: 1, dropout: { recurrentKernel: 0.5 } });
    const p = model.init(createRng(5));
    const { logits, state } = model.logits(p, ids(), { rng: createRng(7) });
    const [layer] = p.recurrent.layers as [LstmParams];
    const mask = dropoutMask(createRng(7), layer.recurrentKernel.shape, 0.5);
    const dropped = { ...layer, recurrentKernel: tf.mul(layer.recurrentKernel, mask) as tf.Tensor2D };
    const vectors = tf.unstack(tf.gather(p.embedding.table, ids()), 1) as tf.Tensor2D[];
    let before = lstm.zeroState(dropped, 2);
    const { kernel, bias } = p.output as LinearParams;
    const expected = vectors.map((vector) => {
      const { output, state } = lstm.step(dropped, vector, before);
      before = state;
      return tf.add(tf.matMul(output, kernel), bias);
    });
    expect(logits).toBeAllClose(tf.stack(expected, 1), { absolute: 1e-5 });
    expect((state[0] as typeof before).cell).toBeAllClose(before.cell, { absolute: 1e-5 });
  });

  test('a gradient goes to every parameter, and nothing is left behind', async () => {
    const model = languageModel({ ...wide, embeddingSize: 8, tiedEmbeddings: true, dropout: rates });
    const params = model.init(createRng(6));
    expectGradients((p) => model.loss(p, batch, { rng: createRng(1) }).loss, params, { samples: 6 });
    await expectNoLeak(() => {
      const { value, gradients, rest } = valueAndGradients(params, (p) => {
        const { loss, carried } = model.loss(p, batch, { rng: createRng(1) });
        return { value: loss, rest: carried as tf.Tensor[] };
      });
      disposeParams([value, gradients, rest]);
      return 0;
    });
  });
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
  [{ dropout: { input: 1.5 } }, '`dropout.input` is 1.5'],
  [{ dropout: { inputs: 0.5 } as DropoutRates }, 'a rate for "inputs", expected embedding, input'],
  [{ dropout: null as never }, '`dropout` is null'],
  [{ tiedEmbeddings: 1 as never }, '`tiedEmbeddings` is 1'],
  [{ cell: 'elman' as 'rnn' }, '"elman", expected one of rnn, lstm, gru'],
])('refuses %j', (part, message) => {
  expect(() => languageModel({ ...config, ...part })).toThrow(message);
});

test('says that the config is missing', () => {
  const bare = languageModel as unknown as (config?: unknown) => unknown;
  expect(() => bare()).toThrow(ArgumentError);
  expect(() => bare()).toThrow('languageModel: `config` is undefined, expected { vocabularySize, ');
  expect(() => bare('lstm')).toThrow('languageModel: `config` is "lstm", expected {');
});

test.each([
  [{ time: 3 }, 'loss: `batch.inputs` has 4 token ids, expected batchSize · time = 2 · 3 = 6'],
  [{ batchSize: 1 }, 'loss: `batch.inputs` has 4 token ids, expected batchSize · time = 1 · 2 = 2'],
  [{ targets: Int32Array.of(1) }, 'loss: `batch.targets` has 1 token ids, expected batchSize · time'],
  [{ targets: undefined }, 'loss: `batch.targets` is undefined, expected an Int32Array'],
  [{ time: undefined }, 'loss: `batch.time` is undefined, expected a positive integer'],
  [{ batchSize: 0 }, 'loss: `batch.batchSize` is 0, expected a positive integer'],
])('a batch with %j is refused', async (part, message) => {
  const four = {
    inputs: Int32Array.of(0, 1, 2, 3),
    targets: Int32Array.of(1, 2, 3, 4),
    batchSize: 2,
    time: 2,
  };
  const wrong = { ...four, ...part } as LanguageModelBatch;
  const model = languageModel(config);
  const params = model.init(createRng(1));
  expect(() => model.loss(params, wrong, { rng: createRng(1) })).toThrow(ArgumentError);
  expect(() => model.loss(params, wrong, { rng: createRng(1) })).toThrow(message);
  await expect(gradientRms(model, params, [wrong])).rejects.toThrow(message.replace('loss:', 'gradientRms:'));
});
