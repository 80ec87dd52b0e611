import { type TrainingProgress, trainBpeTokenizer, trainUnigramTokenizer } from '../index.ts';

/** What the worker is asked: to train, or to stop. */
export type WorkerRequest =
  | { model: 'bpe' | 'unigram'; chunks: string[]; vocabularySize: number }
  | { cancel: true };

/** What it says: how far it is, the tokenizer as JSON, or why there is none. */
export type WorkerReply = { progress: TrainingProgress } | { tokenizer: string } | { error: string };

const train = { bpe: trainBpeTokenizer, unigram: trainUnigramTokenizer };
const controller = new AbortController();
const reply = (message: WorkerReply) => self.postMessage(message);

self.addEventListener('message', async ({ data }: MessageEvent<WorkerRequest>) => {
  if ('cancel' in data) {
    controller.abort();
    return;
  }
  const { model, chunks, vocabularySize } = data;
  try {
    const tokenizer = await train[model](chunks, {
      vocabularySize,
      signal: controller.signal,
      onProgress: (progress) => reply({ progress }),
    });
    reply({ tokenizer: JSON.stringify(tokenizer) });
  } catch (error) {
    reply({ error: (error as Error).name });
  }
});
