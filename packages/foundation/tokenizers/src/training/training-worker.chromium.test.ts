import { expect, test } from 'vitest';
import { trainBpeTokenizer, trainUnigramTokenizer } from '../index.ts';
import type { WorkerReply, WorkerRequest } from './training-worker.test-kit.ts';

/** Sixty thousand words, most of them once: enough for a training that can be watched, and cancelled. */
const chunks = Array.from({ length: 600 }, (_, i) =>
  Array.from({ length: 100 }, (_, j) => `w${((i * 100 + j) * 7919) % 60_000}`.replace(/[05]/g, 'ab')).join(
    ' ',
  ),
);

/** Trains in a worker, and hears what it says. */
async function inWorker(request: WorkerRequest, cancelAtOnce = false): Promise<WorkerReply[]> {
  const worker = new Worker(new URL('./training-worker.test-kit.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      const replies: WorkerReply[] = [];
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      worker.addEventListener('message', ({ data }: MessageEvent<WorkerReply>) => {
        replies.push(data);
        if (!('progress' in data)) resolve(replies);
        else if (cancelAtOnce) worker.postMessage({ cancel: true } satisfies WorkerRequest);
      });
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}

test.each([
  ['bpe', trainBpeTokenizer],
  ['unigram', trainUnigramTokenizer],
] as const)('%s: the same tokenizer in a worker as in the page, with progress', async (model, train) => {
  const vocabularySize = 600;
  const replies = await inWorker({ model, chunks, vocabularySize });
  const here = JSON.stringify(await train(chunks, { vocabularySize }));
  expect(replies.at(-1)).toEqual({ tokenizer: here });
  expect(replies.slice(0, -1).every((reply) => 'progress' in reply)).toBe(true);
  expect(replies.length).toBeGreaterThan(1);
});

test('a training in a worker ends when it is cancelled', async () => {
  const replies = await inWorker({ model: 'bpe', chunks, vocabularySize: 20_000 }, true);
  expect(replies.at(-1)).toEqual({ error: 'AbortError' });
});
