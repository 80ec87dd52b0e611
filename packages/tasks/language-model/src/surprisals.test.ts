import { createRng, flattenParams, mapParams, startRuntime } from '@ostinato/runtime';
import { expectNoLeak } from '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { gradientRms } from './dynamic-evaluation.ts';
import {
  type LanguageModelBatch,
  type LanguageModelParams,
  type LanguageModelState,
  languageModel,
} from './language-model.ts';
import { type SurprisalOptions, surprisals } from './surprisals.ts';

beforeAll(() => startRuntime());

const model = languageModel({
  vocabularySize: 5,
  cell: 'lstm',
  layers: 2,
  hiddenSize: 4,
  embeddingSize: 4,
  tiedEmbeddings: true,
  dropout: { input: 0.5, recurrentKernel: 0.5 },
});
const ids = Int32Array.of(1, 3, 2, 2, 1, 0, 3, 4, 2, 1, 3, 2);

/** Weights large enough to tell tokens, and hidden vectors, apart. */
function someParams(): LanguageModelParams {
  const params = model.init(createRng(1));
  const table: tf.Tensor2D = tf.mul(params.embedding.table, 20);
  return { ...params, embedding: { table } };
}

async function all(
  options: Omit<SurprisalOptions, 'startId'> = {},
  text: Int32Array = ids,
  params = someParams(),
): Promise<number[]> {
  const nats: number[] = [];
  const sequence = { length: text.length, read: (a: number, b: number) => text.subarray(a, b) };
  for await (const window of surprisals(model, params, sequence, { startId: 0, ...options })) {
    expect(window.start).toBe(nats.length);
    expect(window.tokenIds).toEqual(text.subarray(nats.length, nats.length + window.nats.length));
    nats.push(...window.nats);
  }
  expect(nats).toHaveLength(text.length);
  return nats;
}

/** Hidden vectors and probabilities at each place, from the whole text in one go. */
function whole(text = ids) {
  const params = someParams();
  const inputs = tf.tensor2d([0, ...text.subarray(0, -1)], [1, text.length], 'int32');
  const { hidden } = model.hidden(params, inputs);
  const rows = (tensor: tf.Tensor) => tf.squeeze(tensor, [0]).arraySync() as number[][];
  return { hidden: rows(hidden), probabilities: rows(tf.softmax(model.project(params, hidden))) };
}

function expectClose(got: readonly number[], wanted: readonly number[], digits = 5): void {
  expect(got).toHaveLength(wanted.length);
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, digits);
  });
}

test.each([1, 2, 5, 12, 100])('−ln p of every token, in windows of %i', async (windowLength) => {
  const { probabilities } = whole();
  const expected = probabilities.map((row, i) => -Math.log(row[ids[i]!]!));
  expectClose(await all({ windowLength }), expected);
});

test('names itself in its errors', async () => {
  await expect(all({ windowLength: 0 })).rejects.toThrow('surprisals: `windowLength` is 0');
  await expect(all({}, Int32Array.of(7))).rejects.toThrow('surprisals: `text[0]` is 7');
  const bare = surprisals(model, someParams(), ids as never, { startId: 0 });
  await expect(bare.next()).rejects.toThrow('surprisals: `text` is an Int32Array');
});

describe('cache', () => {
  test.each([
    [3, 0.7, 0.3],
    [5, 2, 0.5],
    [100, 0, 0.2],
  ])('of %i tokens, θ = %d, λ = %d: equals the formula summed by hand', async (size, theta, weight) => {
    const { hidden, probabilities } = whole();
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
    const expected = Array.from(ids, (word, t) => {
      const p = probabilities[t]![word]!;
      if (t === 0) return -Math.log(p);
      let [own, total] = [0, 0];
      for (let i = Math.max(0, t - size); i < t; i++) {
        const share = Math.exp(theta * dot(hidden[t]!, hidden[i]!));
        total += share;
        if (ids[i] === word) own += share;
      }
      return -Math.log((1 - weight) * p + (weight * own) / total);
    });
    for (const windowLength of [1, 4, 100])
      expectClose(await all({ windowLength, cache: { size, theta, weight } }), expected, 4);
  });

  test('probabilities of all tokens still sum to 1', async () => {
    const last = await Promise.all(
      [0, 1, 2, 3, 4].map(async (word) => {
        const nats = await all({ cache: { size: 4, theta: 1, weight: 0.4 } }, Int32Array.of(...ids, word));
        return Math.exp(-nats.at(-1)!);
      }),
    );
    expect(last.reduce((sum, p) => sum + p)).toBeCloseTo(1, 5);
  });

  test('a weight of 0 changes nothing, and options out of range are named', async () => {
    expectClose(await all({ cache: { size: 3, theta: 1, weight: 0 } }), await all(), 6);
    const refused = (cache: object) =>
      expect(all({ cache: { size: 3, theta: 1, weight: 0.1, ...cache } })).rejects;
    await refused({ size: 0 }).toThrow('surprisals: `cache.size` is 0');
    await refused({ weight: 1 }).toThrow('surprisals: `cache.weight` is 1');
    await refused({ theta: Number.NaN }).toThrow('surprisals: `cache.theta` is NaN');
  });
});

describe('dynamic evaluation', () => {
  test('a rate of 0 changes nothing, also with the pull back', async () => {
    const plain = await all();
    expectClose(await all({ windowLength: 2, dynamic: { learningRate: 0 } }), plain);
    expectClose(await all({ windowLength: 2, dynamic: { learningRate: 0, decay: 0.5 } }), plain);
  });

  test('a pull of 1 back from a small step is one step from the trained parameters', async () => {
    // θ′ = θ − ηg + (θ_trained − θ) = θ_trained − ηg: no step is left of those before the last.
    const params = someParams();
    const learningRate = 0.3;
    const got = await all({ windowLength: 1, dynamic: { learningRate, decay: 1 } }, ids, params);
    const text = [0, ...ids];
    let state: LanguageModelState | undefined;
    let moved = params;
    for (let t = 0; t < ids.length; t++) {
      const one = { inputs: Int32Array.of(text[t]!), targets: ids.slice(t, t + 1) };
      const { nats, gradients, after } = byVariables(moved, one, state);
      expect(got[t]).toBeCloseTo(nats, 4);
      state = after;
      moved = change(params, (value, i) => tf.sub(value, tf.mul(gradients[i]!, learningRate)));
    }
  });

  test('each token is scored from those before it alone', async () => {
    const dynamic = { learningRate: 0.5, decay: 0.1 };
    const before = await all({ windowLength: 3, dynamic });
    for (const place of [2, 5, 6]) {
      const changed = ids.slice();
      changed[place] = (changed[place]! + 1) % 5;
      const after = await all({ windowLength: 3, dynamic }, changed);
      expect(after.slice(0, place)).toEqual(before.slice(0, place));
      // Both the state and the parameters of the next window know of it.
      expect(after.at(-1)).not.toBe(before.at(-1));
    }
  });

  test('a figure that comes again and again is learned, the parameters stay as they were', async () => {
    const params = someParams();
    const numbers = () => flattenParams(params).map(([, tensor]) => [...tensor.dataSync()]);
    const before = numbers();
    const text = Int32Array.from({ length: 2400 }, (_, i) => [1, 4, 2][i % 3]!);
    const mean = (nats: number[]) => nats.reduce((sum, value) => sum + value) / nats.length;
    const plain = mean(await all({}, text, params));
    const learned = await all({ windowLength: 12, dynamic: { learningRate: 1 } }, text, params);
    expect(mean(learned.slice(-30))).toBeLessThan(0.3);
    expect(plain).toBeGreaterThan(1);
    expect(numbers()).toEqual(before);
  });

  test('RMS: each gradient over its own scale, and the pull back by it', async () => {
    const params = someParams();
    const inputs = Int32Array.of(0, 1, 3, 2);
    const targets = ids.slice(0, 4);
    const rms = await gradientRms(model, params, [{ inputs, targets, batchSize: 1, time: 4 }]);
    // Of one batch the root mean square is the gradient's size, so that every step is η · sign(g), but for ε.
    const learningRate = 0.01;
    const nats = await all({ windowLength: 4, dynamic: { learningRate, rms } }, ids, params);
    const { gradients, after } = byVariables(params, { inputs, targets });
    const moved = change(params, (value, i) => {
      const g = gradients[i]!;
      return tf.sub(value, tf.mul(tf.div(g, tf.add(tf.abs(g), 2e-5)), learningRate));
    });
    const { logits } = model.logits(moved, tf.tensor2d(ids.slice(3, 7), [1, 4], 'int32'), { state: after });
    const rows = tf.squeeze(tf.softmax(logits), [0]).arraySync() as number[][];
    expectClose(
      nats.slice(4, 8),
      rows.map((row, i) => -Math.log(row[ids[4 + i]!]!)),
      4,
    );
  });

  test('the mean square is over batches', async () => {
    const params = someParams();
    const batch = (a: number, b: number): LanguageModelBatch => ({
      inputs: Int32Array.of(a, b),
      targets: Int32Array.of(b, a),
      batchSize: 2,
      time: 1,
    });
    const [one, two] = [batch(1, 2), batch(3, 4)];
    const together = await gradientRms(model, params, [one, { ...two, batchSize: 1, time: 2 }]);
    const first = await gradientRms(model, params, [one]);
    const second = await gradientRms(model, params, [{ ...two, batchSize: 1, time: 2 }]);
    const expected = tf.sqrt(
      tf.mean(tf.stack([tf.square(first.output.bias), tf.square(second.output.bias)]), 0),
    );
    expect(together.output.bias).toBeAllClose(expected, { absolute: 1e-6 });
    await expect(gradientRms(model, params, [])).rejects.toThrow('there are no batches');
  });

  test('options out of range are named', async () => {
    await expect(all({ dynamic: { learningRate: -1 } })).rejects.toThrow(
      'surprisals: `dynamic.learningRate` is -1',
    );
    await expect(all({ dynamic: { learningRate: 1, decay: 2 } })).rejects.toThrow(
      'surprisals: `dynamic.decay` is 2',
    );
  });
});

test('nothing is left behind, also when the loop is left early', async () => {
  const params = someParams();
  const cache = { size: 4, theta: 1, weight: 0.1 };
  const batch = { inputs: ids, targets: ids, batchSize: 1, time: ids.length };
  const rms = await gradientRms(model, params, [batch]);
  const text = { length: ids.length, read: (a: number, b: number) => ids.subarray(a, b) };
  for (const dynamic of [{ learningRate: 0.1 }, { learningRate: 0.1, decay: 0.1, rms }]) {
    const options = { startId: 0, windowLength: 3, cache, dynamic };
    await expectNoLeak(async () => {
      for await (const _ of surprisals(model, params, text, options));
      for await (const { start } of surprisals(model, params, text, options)) if (start > 3) break;
      return 0;
    });
  }
  await expectNoLeak(async () => flattenParams(await gradientRms(model, params, [batch, batch])).length);
});

/** The tree with its leaves changed, which are counted in its order. */
function change(
  params: LanguageModelParams,
  leaf: (value: tf.Tensor, i: number) => tf.Tensor,
): LanguageModelParams {
  let next = 0;
  return mapParams(params, (value) => leaf(value, next++));
}

/** Mean nats and their gradients by tfjs's own variables, and a softmax composed of its ops. */
function byVariables(
  params: LanguageModelParams,
  { inputs, targets }: { inputs: Int32Array; targets: Int32Array },
  state?: LanguageModelState,
): { nats: number; gradients: tf.Tensor[]; after: LanguageModelState } {
  const time = inputs.length;
  const leaves: tf.Variable[] = [];
  const variables = mapParams(params, (value) => {
    leaves.push(tf.variable(value));
    return leaves.at(-1)!;
  });
  const tokenIds = tf.tensor2d(inputs, [1, time], 'int32');
  const { value, grads } = tf.variableGrads(() => {
    const { logits } = model.logits(variables, tokenIds, state && { state });
    const logProbs = tf.log(tf.softmax(tf.reshape(logits, [time, 5])));
    const labels = tf.oneHot(tf.tensor1d(targets, 'int32'), 5);
    return tf.neg(tf.mean(tf.sum(tf.mul(logProbs, labels), 1))) as tf.Scalar;
  }, leaves);
  const { state: after } = model.hidden(params, tokenIds, state && { state });
  return { nats: value.dataSync()[0]!, gradients: leaves.map((leaf) => grads[leaf.name]!), after };
}
