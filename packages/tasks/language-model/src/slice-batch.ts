import type { LanguageModelBatch } from './language-model.ts';

/** Some whole sequences of a batch, and how many tokens they hold: what a team of @ostinato/training shares out. */
export function sliceBatch(
  { inputs, targets, time }: LanguageModelBatch,
  start: number,
  end: number,
): { batch: LanguageModelBatch; tokens: number } {
  const [from, to] = [start * time, end * time];
  const part = { inputs: inputs.slice(from, to), targets: targets.slice(from, to) };
  return { batch: { ...part, batchSize: end - start, time }, tokens: to - from };
}
