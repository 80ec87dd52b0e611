import { interpolateOrders } from './interpolate-orders.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { suffixLinks } from './ngram-trie.ts';
import { predictedCounts } from './predicted-counts.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Interpolated Witten-Bell smoothing (Witten & Bell 1991, method C): a context after which T different tokens were
 * seen in c places expects a new one in T of T + c.
 *
 *   p(w | h) = (c(hw) + T(h) · p(w | h′)) / (c(h) + T(h))
 *
 * @throws Error if the counts are empty
 */
export function wittenBell<Vocab extends TokenIds>(counts: NgramCounts<Vocab>): NgramModel<Vocab> {
  const count = predictedCounts('wittenBell', counts);
  const link = suffixLinks(counts.trie);
  const model = interpolateOrders(counts, link, (_, start, end, own) => {
    let total = 0;
    let types = 0;
    for (let node = start; node < end; node++) {
      total += count[node]!;
      if (count[node]! > 0) types++;
    }
    for (let node = start; node < end; node++) own[node] = count[node]! / (total + types);
    return types / (total + types);
  });
  return new NgramModel({ ...model, link });
}
