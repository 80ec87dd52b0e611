import { bpttWindows, memoryTokens } from '@ostinato/data';
import {
  type LanguageModelBatch,
  type LanguageModelParams,
  languageModel,
  score,
} from '@ostinato/language-model';
import { createRng, disposeParams, startRuntime } from '@ostinato/runtime';
import { adam, type BatchSource, chain, clipByGlobalNorm, fit, startTraining } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

beforeAll(() => startRuntime());

test.each(['rnn', 'lstm', 'gru'] as const)(
  'two hundred steps of a %s language model leave no tensor behind',
  async (cell) => {
    const config = { vocabularySize: 12, cell, layers: 2, hiddenSize: 8, embeddingSize: 6, dropout: 0.3 };
    const model = languageModel(config);
    const optimizer = chain(clipByGlobalNorm(1), adam());
    const text = memoryTokens(Int32Array.from({ length: 500 }, (_, i) => (i * i) % 12));
    const batches: BatchSource<LanguageModelBatch> = {
      async *open() {
        for await (const window of bpttWindows(text, { batchSize: 4, windowLength: 10, startId: 0 })) {
          const { index, cursor } = window;
          yield { batch: window, tokens: 40, cursor, fraction: (index + 1) / 13, fresh: index === 0 };
        }
      },
    };
    const before = tf.memory();
    let atTen = { numTensors: 0, numBytes: 0 };
    const state = startTraining(model.init(createRng(1)), optimizer, createRng(2));
    for await (const event of fit<LanguageModelParams, LanguageModelBatch>({
      ...{ state, loss: model.loss, optimizer, batches },
      budget: { steps: 200 },
    })) {
      if (event.type === 'step' && event.step === 10) atTen = tf.memory();
      if (event.type === 'end') {
        expect(tf.memory().numTensors).toBe(atTen.numTensors);
        expect(tf.memory().numBytes).toBe(atTen.numBytes);
        await score(model, event.state.params, text, { startId: 0 });
        const { params, optimizerState, carried } = event.state;
        disposeParams([params, optimizerState, carried ?? []]);
      }
    }
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  },
);
