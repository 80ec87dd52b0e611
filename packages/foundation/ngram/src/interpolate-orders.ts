import type { NgramCounts } from './ngram-counts.ts';
import type { NgramParts } from './ngram-model.ts';
import { predictedSize, type TokenIds } from './token-ids.ts';

/**
 * Shares out the probability of one context: writes to `own` what each token seen after it keeps, and returns what is
 * left for the shorter context.
 *
 * @param order  of the n-grams context + token
 * @param start  first node of the tokens seen after the context
 * @param end    the node after the last
 * @param own    [nodes], of which start to end - 1 are to be written; until then as `interpolateOrders` was given them
 */
export type ShareOut = (order: number, start: number, end: number, own: Float64Array) => number;

/**
 * The recursion common to all interpolated smoothings:
 *
 *   p(w | h) = own(hw) + left(h) · p(w | h′)    h′ = h without its first token, down to the uniform distribution
 *
 * @param link         the trie's `suffixLinks`
 * @param probability  [nodes], overwritten; counts that `shareOut` wants may stand there, for these are the largest
 *   arrays there are
 */
export function interpolateOrders<Vocab extends TokenIds>(
  { trie, vocabulary }: NgramCounts<Vocab>,
  link: Int32Array,
  shareOut: ShareOut,
  probability: Float64Array = new Float64Array(trie.token.length),
): NgramParts<Vocab> {
  const { order, levelStart, firstChild } = trie;
  const { begin } = vocabulary;
  const left = new Float64Array(levelStart[order]!).fill(1);
  probability[0] = 1 / predictedSize(trie.vocabularySize, vocabulary);
  for (let k = 1; k <= order; k++) {
    for (let context = levelStart[k - 1]!; context < levelStart[k]!; context++) {
      const [start, end] = [firstChild[context]!, firstChild[context + 1]!];
      if (start === end) continue;
      left[context] = shareOut(k, start, end, probability);
    }
    // Apart: so the processor fetches many of the shorter n-grams at once.
    for (let context = levelStart[k - 1]!; context < levelStart[k]!; context++) {
      const rest = left[context]!;
      const end = firstChild[context + 1]!;
      for (let node = firstChild[context]!; node < end; node++)
        probability[node]! += rest * probability[link[node]!]!;
    }
    if (k === 1 && begin !== undefined) probability[1 + begin] = 0;
  }
  left[0] = probability[0] = 1; // the uniform is mixed into the single tokens already
  return { trie, vocabulary, logProb: takeLogs(probability), logBackoff: takeLogs(left) };
}

/** In place. */
function takeLogs(values: Float64Array): Float64Array {
  for (let i = 0; i < values.length; i++) values[i] = Math.log(values[i]!);
  return values;
}
