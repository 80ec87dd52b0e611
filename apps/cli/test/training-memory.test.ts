import { writeFileSync } from 'node:fs';
import { bpttWindows, memoryTokens } from '@ostinato/data';
import {
  type LanguageModelBatch,
  type LanguageModelParams,
  languageModel,
  score,
} from '@ostinato/language-model';
import { createRng, disposeParams, flattenParams, startRuntime } from '@ostinato/runtime';
import {
  adam,
  adamW,
  type BatchSource,
  chain,
  clipByGlobalNorm,
  fit,
  type Optimizer,
  rmsprop,
  sgd,
  startTraining,
  type TrainingState,
} from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

// `pnpm reproduce constant-memory` runs the same with more steps, and reads the figures.
const steps = Number(process.env.OSTINATO_TRAINING_STEPS ?? 200);

beforeAll(() => startRuntime());

const text = memoryTokens(Int32Array.from({ length: 500 }, (_, i) => (i * i) % 12));
/** Windows of ten tokens, the last one of an epoch shorter. */
const batches: BatchSource<LanguageModelBatch> = {
  async *open() {
    for await (const window of bpttWindows(text, { batchSize: 4, windowLength: 10, startId: 0 })) {
      const { index, cursor } = window;
      yield { batch: window, tokens: 40, cursor, fraction: (index + 1) / 13, fresh: index === 0 };
    }
  },
};

type Event = { step: number; params: LanguageModelParams };

async function train(
  cell: 'rnn' | 'lstm' | 'gru',
  optimizer: Optimizer,
  budget: number,
  see: (event: Event) => void,
): Promise<TrainingState<LanguageModelParams>> {
  const config = { vocabularySize: 12, cell, layers: 2, hiddenSize: 8, embeddingSize: 6, dropout: 0.3 };
  const model = languageModel(config);
  const state = startTraining(model.init(createRng(1)), optimizer, createRng(2));
  for await (const event of fit<LanguageModelParams, LanguageModelBatch>({
    ...{ state, loss: model.loss, optimizer, batches },
    budget: { steps: budget },
  })) {
    if (event.type === 'step') see({ step: event.step, params: event.state.params });
    if (event.type === 'end') {
      await score(model, event.state.params, text, { startId: 0 });
      return event.state;
    }
  }
  throw new Error('fit gave no end');
}

const release = ({ params, optimizerState, carried }: TrainingState<LanguageModelParams>) =>
  disposeParams([params, optimizerState, carried ?? []]);

interface Heap {
  HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
}
const wasmHeap = () => (tf.backend() as unknown as { wasm: Heap }).wasm;

/** Counts the bytes that are allocated on the WASM heap and not yet freed, from now on. */
function countAllocations(): { bytes(): number; stop(): void } {
  const heap = wasmHeap();
  const { _malloc: malloc, _free: free } = heap;
  const sizes = new Map<number, number>();
  let total = 0;
  heap._malloc = (bytes) => {
    const address = malloc(bytes);
    sizes.set(address, bytes);
    total += bytes;
    return address;
  };
  heap._free = (address) => {
    total -= sizes.get(address) ?? 0;
    sizes.delete(address);
    free(address);
  };
  return { bytes: () => total, stop: () => Object.assign(heap, { _malloc: malloc, _free: free }) };
}

test.each([
  ['rnn', 'rmsprop', rmsprop({ centered: true, momentum: 0.5 })],
  ['lstm', 'adam', adam()],
  ['gru', 'sgd', sgd({ momentum: 0.9, nesterov: true })],
] as const)(
  `%s and %s: ${steps} steps of training at constant memory`,
  async (cell, name, rule) => {
    const optimizer = chain(clipByGlobalNorm(1), rule);
    const first = tf.memory();
    const allocated = countAllocations();
    const look = () => ({
      tensors: tf.memory().numTensors,
      bytes: tf.memory().numBytes,
      allocated: allocated.bytes(),
      heap: wasmHeap().HEAPU8.length,
    });
    try {
      // Two epochs' ends are behind it by then: every shape has been seen.
      const settled = 30;
      let [early, late] = [look(), look()];
      const end = await train(cell, optimizer, steps, ({ step }) => {
        if (step === settled) early = look();
        // At the same place of an epoch, so that the batch and the carried state are of the same size.
        if (step > settled && (step - settled) % 13 === 0) late = look();
      });
      expect(late).toEqual(early);
      release(end);
      expect(tf.memory()).toMatchObject({ numTensors: first.numTensors, numBytes: first.numBytes });
      expect(allocated.bytes()).toBe(0);
      const report = process.env.OSTINATO_REPORT;
      if (report)
        writeFileSync(
          `${report}-${cell}.json`,
          JSON.stringify({ cell, optimizer: name, steps, early, late }),
        );
    } finally {
      allocated.stop();
    }
  },
  600_000,
);

test('the heap grows in the middle of training, and not a bit changes', async () => {
  const optimizer = chain(clipByGlobalNorm(1), adamW());
  const bits = ({ params }: { params: LanguageModelParams }) =>
    flattenParams(params).map(([, tensor]) => [...new Int32Array(tensor.dataSync().slice().buffer)]);
  const calm = await train('lstm', optimizer, 40, () => {});
  const hogs: tf.Tensor[] = [];
  const before = wasmHeap().HEAPU8.length;
  let growths = 0;
  const troubled = await train('lstm', optimizer, 40, ({ step }) => {
    if (step % 8 !== 0) return;
    const size = wasmHeap().HEAPU8.length;
    while (wasmHeap().HEAPU8.length === size) hogs.push(tf.zeros([1 << 20]));
    growths++;
  });
  expect(growths).toBe(5);
  expect(wasmHeap().HEAPU8.length).toBeGreaterThan(before);
  expect(bits(troubled)).toEqual(bits(calm));
  for (const hog of hogs) hog.dispose();
  release(calm);
  release(troubled);
});
