import {
  absoluteDiscounting,
  addK,
  type DiscountingOptions,
  fallbackDiscount,
  type IdChunks,
  jelinekMercer,
  jelinekMercerWeights,
  katz,
  kneserNey,
  maximumLikelihood,
  type NgramCounts,
  stupidBackoff,
  type Vocabulary,
  wittenBell,
} from '@ostinato/ngram';
import type { WordModel } from './ngram-file.ts';
import type { NgramTrainOptions } from './ngram-options.ts';

/**
 * Estimates a model of counts.
 *
 * @param heldOut  for the weights of `jelinek-mercer`
 * @throws DiscountError if discounts cannot be estimated, and no fallback is asked for
 */
export async function estimateModel(
  counts: NgramCounts<Vocabulary<string>>,
  { smoothing, prune, discountFallback, k }: NgramTrainOptions,
  heldOut: () => IdChunks,
): Promise<WordModel> {
  const discounting: DiscountingOptions = {
    ...(prune && { prune }),
    ...(discountFallback && { fallback: fallbackDiscount }),
  };
  switch (smoothing) {
    case 'modified-kneser-ney':
      return kneserNey(counts, discounting);
    case 'kneser-ney':
      return kneserNey(counts, { ...discounting, discounts: 'single' });
    case 'absolute':
      return absoluteDiscounting(counts, discounting);
    case 'witten-bell':
      return wittenBell(counts);
    case 'katz':
      return katz(counts);
    case 'jelinek-mercer':
      return jelinekMercer(counts, await jelinekMercerWeights(counts, heldOut()));
    case 'add-k':
      return addK(counts, k ?? 1);
    case 'mle':
      return maximumLikelihood(counts);
    case 'stupid-backoff':
      return stupidBackoff(counts);
  }
}
