import { type TrainingProgress, trainBpeTokenizer, trainUnigramTokenizer } from '../index.ts';

export type TrainCommand = { model: keyof typeof trainings; text: string; vocabularySize: number };
export type TrainReport =
  | { type: 'progress'; progress: TrainingProgress }
  | { type: 'trained'; file: string }
  | { type: 'failed'; name: string };

const trainings = { bpe: trainBpeTokenizer, unigram: trainUnigramTokenizer };
const controller = new AbortController();
const tell = (report: TrainReport) => self.postMessage(report);

/** A training in a worker, as a page would have it: progress goes out while it runs, and "stop" comes in. */
self.addEventListener('message', async ({ data }: MessageEvent<TrainCommand | 'stop'>) => {
  if (data === 'stop') return controller.abort();
  const { model, text, vocabularySize } = data;
  try {
    const tokenizer = await trainings[model](text, {
      vocabularySize,
      signal: controller.signal,
      onProgress: (progress) => tell({ type: 'progress', progress }),
    });
    tell({ type: 'trained', file: JSON.stringify(tokenizer) });
  } catch (error) {
    tell({ type: 'failed', name: (error as Error).name });
  }
});
