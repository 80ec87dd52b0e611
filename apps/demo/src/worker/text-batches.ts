import { type BpttCursor, bpttPlan, bpttWindows, memoryTokens } from '@ostinato/data';
import type { LanguageModelBatch } from '@ostinato/language-model';
import type { BatchSource } from '@ostinato/training';

const windowLength = 32;

/** A text as batches for `fit`: up to 32 lanes, each running through its part of the text. */
export function textBatches(ids: Int32Array, startId: number): BatchSource<LanguageModelBatch> {
  const shape = { batchSize: Math.min(32, Math.ceil(ids.length / windowLength)), windowLength };
  const { windows } = bpttPlan(ids.length, shape);
  return {
    async *open(_epoch, cursor) {
      const options = { ...shape, startId, ...(cursor !== undefined && { cursor: cursor as BpttCursor }) };
      for await (const { inputs, targets, batchSize, time, index, cursor } of bpttWindows(
        memoryTokens(ids),
        options,
      )) {
        yield {
          batch: { inputs, targets, batchSize, time },
          tokens: targets.length,
          cursor,
          fraction: (index + 1) / windows,
          fresh: index === 0,
        };
      }
    },
  };
}
