import { createRng, mapParams, startRuntime } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { diagnoseLayers } from './diagnose-layers.ts';
import { languageModel } from './language-model.ts';

beforeAll(() => startRuntime());

test('the gradient of each layer’s last output, by hand for one unit', () => {
  const sizes = { vocabularySize: 3, embeddingSize: 1, hiddenSize: 1, layers: 2 };
  const model = languageModel({ ...sizes, cell: 'rnn', dropout: 0.5 });
  const table = [0.5, -1, 2];
  const [w, u, b] = [0.7, 0.9, 0.1];
  const text = [2, 0, 1, 0];
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const filled = { inputKernel: w, recurrentKernel: u, bias: b } as Record<string, number>;
    const params = mapParams(model.init(createRng(1)), (tensor, path) =>
      path === 'embedding.table'
        ? tf.tensor(table, tensor.shape)
        : tf.fill(tensor.shape, filled[path.split('.').at(-1)!] ?? 0),
    );
    const diagnoses = diagnoseLayers(model, params, tf.tensor2d([text], [1, 4], 'int32'));

    // h' = tanh(w x + u h + b), and ∂h4/∂h(t) = Π u (1 − h(s)²) over s = t + 1 … 4
    let inputs = text.map((id) => table[id]!);
    for (const { gradientNorms } of diagnoses) {
      let hidden = 0;
      const outputs = inputs.map((x) => (hidden = Math.tanh(w * x + u * hidden + b)));
      const expected = outputs.map((_, t) =>
        outputs.slice(t + 1).reduce((product, h) => product * u * (1 - h * h), 1),
      );
      for (const [t, norm] of gradientNorms.state.entries()) expect(norm).toBeCloseTo(expected[t]!, 5);
      inputs = outputs;
    }
    expect(diagnoses.length).toBe(2);
  });
  expect(tf.memory().numTensors).toBe(before);
});
