import type { NgramCounts } from './ngram-counts.ts';
import { subtree } from './ngram-trie.ts';

/**
 * Kneser-Ney's counts (Chen & Goodman 1998, section 4.1.6; `adjust_counts` in lmplz): below the highest order, not how
 * often an n-gram occurred but after how many different tokens. N-grams that open a sentence have nothing before them
 * and keep their true count; so does the highest order. The begin token itself counts 0: it is never predicted.
 *
 * An n-gram that only ever opened a stream without begin tokens counts 1.
 *
 * @param link  of the trie, by `suffixLinks`
 * @returns [nodes of the trie] integers; float64, so that probabilities can take their place
 */
export function adjustedCounts({ trie, count, vocabulary }: NgramCounts, link: Int32Array): Float64Array {
  const { order, levelStart } = trie;
  const adjusted = new Float64Array(count.length);
  for (let node = levelStart[2]!; node < count.length; node++) adjusted[link[node]!]!++;
  const highest = levelStart[order]!;
  for (let node = 1; node < highest; node++) if (adjusted[node] === 0 && count[node]! > 0) adjusted[node] = 1;
  adjusted.set(count.subarray(highest), highest);
  if (vocabulary.begin !== undefined) {
    adjusted[1 + vocabulary.begin] = 0;
    for (let k = 2; k < order; k++) {
      const [start, end] = subtree(trie, vocabulary.begin, k);
      adjusted.set(count.subarray(start, end), start);
    }
  }
  return adjusted;
}
