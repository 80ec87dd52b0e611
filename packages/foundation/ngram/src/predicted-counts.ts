import type { NgramCounts } from './ngram-counts.ts';

/**
 * Counts of what was predicted: the begin token, which is not, counts 0.
 *
 * @param name  the function to name in the error
 * @throws Error if nothing was counted
 */
export function predictedCounts(name: string, counts: NgramCounts): Uint32Array {
  checkCounted(name, counts);
  const { begin } = counts.vocabulary;
  if (begin === undefined) return counts.count;
  const predicted = counts.count.slice();
  predicted[1 + begin] = 0;
  return predicted;
}

/** @throws Error if nothing was counted, or begin tokens only */
export function checkCounted(name: string, { count, vocabulary: { begin } }: NgramCounts): void {
  if (count[0] === (begin === undefined ? 0 : count[1 + begin]!)) {
    throw new Error(`${name}: the counts are empty. Count a text with at least one token.`);
  }
}
