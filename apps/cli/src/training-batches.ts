import { join } from 'node:path';
import { type BpttCursor, bpttPlan, bpttWindows } from '@ostinato/data';
import type { LanguageModelBatch } from '@ostinato/language-model';
import type { BatchSource } from '@ostinato/training';
import type { TrainingText } from './language-model-text.ts';
import type { ModelConfig } from './model-directory.ts';
import { checkpointFile } from './run-folder.ts';
import { UserError } from './user-error.ts';

/** The windows of a text, epoch after epoch; from the cursor of a checkpoint on, which must be one of the same plan. */
export function batchesOf(
  out: string,
  text: TrainingText,
  { training }: ModelConfig,
  startId: number,
): BatchSource<LanguageModelBatch> {
  const { batchSize, windowLength } = training;
  const { windows } = bpttPlan(text.train.length, { batchSize, windowLength });
  return {
    async *open(_epoch, cursor) {
      const place = cursor === undefined ? {} : { cursor: cursor as BpttCursor };
      try {
        for await (const window of bpttWindows(text.train, { batchSize, windowLength, startId, ...place })) {
          const { index, cursor, time } = window;
          const fraction = (index + 1) / windows;
          yield { batch: window, tokens: batchSize * time, cursor, fraction, fresh: index === 0 };
        }
      } catch (error) {
        const [, misfit] = /^bpttWindows: the (cursor.*?)\. /.exec((error as Error).message) ?? [];
        if (misfit === undefined) throw error;
        throw new UserError(
          `${join(out, checkpointFile)}: it does not fit config.json (the ${misfit}). Put back what was there, or train anew into another --out.`,
        );
      }
    },
  };
}
