import { describe, expect, test } from 'vitest';
import { type TrainingProgress, trainBpeTokenizer, trainUnigramTokenizer } from '../index.ts';
import type { TrainCommand, TrainReport } from './train.worker.test-kit.ts';

/** 60,000 words, few of them alike: enough for learning to be interrupted in its midst. */
function manyWords(): string {
  let seed = 3;
  const below = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
  const syllables = ['ka', 'lo', 'mi', 'né', '東', 'rus', 'ten', 'vo'];
  const word = () => Array.from({ length: 2 + below(5) }, () => syllables[below(syllables.length)]).join('');
  return Array.from({ length: 60_000 }, word).join(' ');
}

/** What the worker said last, and its progress before. */
async function train(command: TrainCommand, isEnough: (progress: TrainingProgress) => boolean = () => false) {
  const worker = new Worker(new URL('./train.worker.test-kit.ts', import.meta.url), { type: 'module' });
  const stages: TrainingProgress['stage'][] = [];
  try {
    const last = await new Promise<TrainReport>((resolve, reject) => {
      worker.addEventListener('error', ({ message }) => reject(new Error(message)));
      worker.addEventListener('message', ({ data: report }: MessageEvent<TrainReport>) => {
        if (report.type !== 'progress') return resolve(report);
        stages.push(report.progress.stage);
        if (isEnough(report.progress)) worker.postMessage('stop');
      });
      worker.postMessage(command);
    });
    return { last, stages };
  } finally {
    worker.terminate();
  }
}

// Node has no workers of this kind; its own are tested in train.worker.node.test.ts.
describe.runIf(typeof Worker === 'function').each([
  ['bpe', trainBpeTokenizer],
  ['unigram', trainUnigramTokenizer],
] as const)('%s in a worker', (model, here) => {
  test('gives the file that it gives in the page, and tells how far it is', async () => {
    const text = manyWords().slice(0, 50_000);
    const { last, stages } = await train({ model, text, vocabularySize: 400 });
    const file = JSON.stringify(await here(text, { vocabularySize: 400 }));
    expect(last).toEqual({ type: 'trained', file });
    expect([...new Set(stages)]).toEqual(['counting', 'learning']);
  });

  test.each(['counting', 'learning'] as const)('a message ends it while it is %s', async (stage) => {
    const { last, stages } = await train(
      { model, text: manyWords(), vocabularySize: 20_000 },
      (progress) => progress.stage === stage,
    );
    expect(last).toEqual({ type: 'failed', name: 'AbortError' });
    expect(stages).toContain(stage);
  });
});
