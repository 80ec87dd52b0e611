import { ArgumentError } from '@ostinato/runtime';

/** @throws ArgumentError for a memory [batch, time, memorySize] of time 0: a softmax over nothing has no sum to divide by */
export function checkSteps(where: string, shape: readonly number[]): void {
  if (shape[1] !== 0) return;
  throw new ArgumentError(
    `${where}: \`memory\` has shape [${shape}], expected at least one step. Pad it, and give lengths of 0.`,
  );
}
