import { Worker } from 'node:worker_threads';
import {
  type LanguageModelBatch,
  type LanguageModelConfig,
  type LanguageModelParams,
  sliceBatch,
} from '@ostinato/language-model';
import { startTeam, type Team } from '@ostinato/training';

/** So many threads for a run, this one among them; none beside it where there is to be one. */
export async function trainingTeam(
  members: number,
  config: LanguageModelConfig,
  params: LanguageModelParams,
): Promise<Team<LanguageModelBatch> | undefined> {
  if (members === 1) return undefined;
  const workers = Array.from(
    { length: members - 1 },
    () => new Worker(new URL('./training-worker.js', import.meta.url)),
  );
  return startTeam({ workers, config, params, rows: ({ batchSize }) => batchSize, slice: sliceBatch });
}
