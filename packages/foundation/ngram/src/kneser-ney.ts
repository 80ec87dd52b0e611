import { adjustedCounts } from './adjusted-counts.ts';
import { type DiscountingOptions, discountingModel, estimateDiscounts } from './discounting.ts';
import type { Discount } from './discounts.ts';
import type { NgramCounts } from './ngram-counts.ts';
import type { NgramModel } from './ngram-model.ts';
import { suffixLinks } from './ngram-trie.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Interpolated Kneser-Ney (Kneser & Ney 1995; modified: Chen & Goodman 1998), number for number as KenLM's lmplz
 * (Heafield et al. 2013, https://aclanthology.org/P13-2121): discounts off the counts of `adjustedCounts`, down to the
 * uniform distribution over all tokens that can be predicted.
 *
 * @throws DiscountError if discounts cannot be estimated and no `fallback` is given
 * @throws Error if the counts are empty, or an option makes no sense
 */
export function kneserNey<Vocab extends TokenIds>(
  counts: NgramCounts<Vocab>,
  options: DiscountingOptions = {},
): NgramModel<Vocab> {
  const link = suffixLinks(counts.trie);
  return discountingModel('kneserNey', counts, adjustedCounts(counts, link), link, options);
}

/**
 * The discounts that `kneserNey` takes, entry 0 for single tokens.
 *
 * @throws DiscountError as `kneserNey`
 */
export function kneserNeyDiscounts(
  counts: NgramCounts,
  options: Pick<DiscountingOptions, 'discounts' | 'fallback'> = {},
): Discount[] {
  return estimateDiscounts(counts, adjustedCounts(counts, suffixLinks(counts.trie)), options);
}
