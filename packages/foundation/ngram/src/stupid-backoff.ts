import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { predictedCounts } from './predicted-counts.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Stupid back-off (Brants et al. 2007, https://aclanthology.org/D07-1090): scores, not probabilities; they do not sum
 * to 1 and have no perplexity.
 *
 *   S(w | h) = c(hw) / c(h) if hw was seen, otherwise factor · S(w | h′)
 *
 * A context that never occurred is dropped without the factor, which would be the same for every token after it.
 *
 * @param factor  0.4 if not given, as in the paper
 * @throws RangeError for a factor not in (0, 1]; Error if the counts are empty
 */
export function stupidBackoff<Vocab extends TokenIds>(
  counts: NgramCounts<Vocab>,
  factor = 0.4,
): NgramModel<Vocab> {
  if (!(factor > 0 && factor <= 1))
    throw new RangeError(`stupidBackoff: factor is ${factor}, expected more than 0, at most 1.`);
  const { trie, vocabulary } = counts;
  const { order, levelStart, firstChild } = trie;
  const count = predictedCounts('stupidBackoff', counts);
  const logProb = new Float64Array(count.length);
  const logBackoff = new Float64Array(levelStart[order]!);
  for (let context = 0; context < levelStart[order]!; context++) {
    const [start, end] = [firstChild[context]!, firstChild[context + 1]!];
    let total = 0;
    for (let node = start; node < end; node++) total += count[node]!;
    for (let node = start; node < end; node++) logProb[node] = Math.log(count[node]! / total);
    if (context > 0 && start < end) logBackoff[context] = Math.log(factor);
  }
  return new NgramModel({ trie, vocabulary, logProb, logBackoff });
}
