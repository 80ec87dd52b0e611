import { type DiscountingOptions, discountingModel } from './discounting.ts';
import type { NgramCounts } from './ngram-counts.ts';
import type { NgramModel } from './ngram-model.ts';
import { suffixLinks } from './ngram-trie.ts';
import { predictedCounts } from './predicted-counts.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Interpolated absolute discounting (Ney, Essen & Kneser 1994): as Kneser-Ney, but every order keeps its true counts.
 * One discount per order unless `discounts: 'modified'` is asked for.
 *
 * @throws DiscountError if discounts cannot be estimated and no `fallback` is given
 * @throws Error if the counts are empty, or an option makes no sense
 */
export function absoluteDiscounting<Vocab extends TokenIds>(
  counts: NgramCounts<Vocab>,
  options: DiscountingOptions = {},
): NgramModel<Vocab> {
  const link = suffixLinks(counts.trie);
  return discountingModel(
    'absoluteDiscounting',
    counts,
    new Float64Array(predictedCounts('absoluteDiscounting', counts)),
    link,
    {
      discounts: 'single',
      ...options,
    },
  );
}
