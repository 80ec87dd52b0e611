import type { LanguageModelBatch } from './language-model.ts';

/**
 * A batch in at most so many parts of whole sequences, as even as can be, the first the larger ones: the shares of a team of
 * @ostinato/training.
 */
export function splitBatch(
  { inputs, targets, batchSize, time }: LanguageModelBatch,
  parts: number,
): { batch: LanguageModelBatch; tokens: number; rows: number }[] {
  const count = Math.min(parts, batchSize);
  return Array.from({ length: count }, (_, i) => {
    const from = Math.ceil((i * batchSize) / count);
    const rows = Math.ceil(((i + 1) * batchSize) / count) - from;
    const [start, end] = [from * time, (from + rows) * time];
    const part = { inputs: inputs.slice(start, end), targets: targets.slice(start, end) };
    return { batch: { ...part, batchSize: rows, time }, tokens: rows * time, rows };
  });
}
