import { interpolateOrders } from './interpolate-orders.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { subtree, suffixLinks } from './ngram-trie.ts';
import { predictedCounts } from './predicted-counts.ts';
import { predictedSize, type TokenIds } from './token-ids.ts';

/**
 * Additive smoothing (Laplace for k = 1, Lidstone 1920): with V tokens that can be predicted,
 *
 *   p(w | h) = (c(hw) + k) / (c(h) + k · V)
 *
 * where h are the last order - 1 tokens, or all back to the begin of the sentence. It knows no shorter contexts: one
 * that never occurred leaves 1 / V for every token.
 *
 * @param k  more than 0
 * @throws RangeError for another k; Error if the counts are empty
 */
export function addK<Vocab extends TokenIds>(counts: NgramCounts<Vocab>, k: number): NgramModel<Vocab> {
  if (!(k > 0 && k < Number.POSITIVE_INFINITY))
    throw new RangeError(`addK: k is ${k}, expected more than 0.`);
  const { trie, vocabulary } = counts;
  const count = predictedCounts('addK', counts);
  const added = k * predictedSize(trie.vocabularySize, vocabulary);
  const link = suffixLinks(trie);
  const opensSentence = (order: number, node: number) => {
    if (vocabulary.begin === undefined || order === 1) return false;
    const [from, to] = subtree(trie, vocabulary.begin, order);
    return node >= from && node < to;
  };
  // lower orders pass the uniform distribution up, so that what was not seen gets k / (c(h) + k V)
  const model = interpolateOrders(counts, link, (order, start, end, own) => {
    if (order < trie.order && !opensSentence(order, start)) return 1;
    let total = 0;
    for (let node = start; node < end; node++) total += count[node]!;
    for (let node = start; node < end; node++) own[node] = count[node]! / (total + added);
    return added / (total + added);
  });
  return new NgramModel({ ...model, link });
}
