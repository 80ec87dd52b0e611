import { createRng, mapParams, type ParamTree, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { languageModel } from './language-model.ts';

beforeAll(() => startRuntime());

test.each(['rnn', 'lstm', 'gru'] as const)(
  '%s learns a short figure that repeats, with a tf.train optimizer too',
  (cell) => {
    // 0 1 2 3 0 1 2 3 …: only the first token of a window cannot be known better than it is.
    const model = languageModel({
      vocabularySize: 4,
      cell,
      layers: 1,
      hiddenSize: 8,
      embeddingSize: 4,
      dropout: 0,
    });
    const params = model.init(createRng(1));
    const inputs = Int32Array.from({ length: 16 }, (_, i) => i % 4);
    const batch = { inputs, targets: inputs.map((id) => (id + 1) % 4), batchSize: 1, time: 16 };
    const variables = toVariables(params);
    const optimizer = tf.train.adam(0.05);
    let loss = Number.POSITIVE_INFINITY;
    for (let step = 0; step < 60; step++) {
      const cost = optimizer.minimize(() => model.loss(variables, batch, { rng: createRng(1) }).loss, true)!;
      loss = cost.dataSync()[0]!;
    }
    expect(loss).toBeLessThan(0.1); // ln 4 = 1.39 at the start
  },
);

function toVariables<Tree extends ParamTree>(tree: Tree): Tree {
  return mapParams(tree, (tensor) => tf.variable(tensor));
}
