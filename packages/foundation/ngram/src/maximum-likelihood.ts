import { interpolateOrders } from './interpolate-orders.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { suffixLinks } from './ngram-trie.ts';
import { predictedCounts } from './predicted-counts.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * No smoothing: p(w | h) = c(hw) / c(h). What never followed a context is impossible after it (log probability
 * -Infinity); a context that never occurred gives way to the longest part of it that did.
 *
 * @throws Error if the counts are empty
 */
export function maximumLikelihood<Vocab extends TokenIds>(counts: NgramCounts<Vocab>): NgramModel<Vocab> {
  const count = predictedCounts('maximumLikelihood', counts);
  const link = suffixLinks(counts.trie);
  const model = interpolateOrders(counts, link, (_, start, end, own) => {
    let total = 0;
    for (let node = start; node < end; node++) total += count[node]!;
    for (let node = start; node < end; node++) own[node] = count[node]! / total;
    return 0;
  });
  return new NgramModel({ ...model, link });
}
