import {
  countsOfCounts,
  type Discount,
  DiscountError,
  modifiedDiscount,
  singleDiscount,
} from './discounts.ts';
import { filterNgrams } from './filter-ngrams.ts';
import { interpolateOrders } from './interpolate-orders.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { levelSizes } from './ngram-trie.ts';
import { checkCounted } from './predicted-counts.ts';
import type { TokenIds } from './token-ids.ts';

export interface DiscountingOptions {
  /** Three discounts per order (the default, as lmplz), or one. */
  discounts?: 'modified' | 'single';
  /** Discounts for an order where they cannot be estimated; without it, that is an error. lmplz: `fallbackDiscount`. */
  fallback?: Discount;
  /**
   * Leave out n-grams of order k that occurred prune[k - 1] times or less (lmplz's `--prune`). Starts with 0, never
   * falls; the last entry holds for all higher orders. Their probability goes to the back-off.
   */
  prune?: readonly number[];
  /** Mix single tokens with the uniform distribution (the default). If false, the unknown token gets all of that. */
  interpolateUnigrams?: boolean;
}

/**
 * Takes a discount off every count and gives it to the shorter context. With a(·) the counts given:
 *
 *   p(w | h) = (a(hw) − D(a(hw))) / Σᵥ a(hv) + γ(h) · p(w | h′)
 *   γ(h)     = (Σ over kept hv of D(a(hv)) + Σ over pruned hv of a(hv)) / Σᵥ a(hv)
 *
 * @param discounted  [nodes] a(·), from which the discounts are estimated; overwritten by the model's probabilities
 * @param link        the trie's `suffixLinks`
 */
export function discountingModel<Vocab extends TokenIds>(
  name: string,
  counts: NgramCounts<Vocab>,
  discounted: Float64Array,
  link: Int32Array,
  options: DiscountingOptions,
): NgramModel<Vocab> {
  const { order } = counts.trie;
  const { unknown } = counts.vocabulary;
  const interpolateUnigrams = options.interpolateUnigrams ?? true;
  if (!interpolateUnigrams && unknown === undefined) {
    throw new Error(
      `${name}: interpolateUnigrams: false gives the rest to the unknown token, but the vocabulary has none.`,
    );
  }
  const cutoff = pruningCutoffs(name, order, options.prune ?? []);
  const isKept = (node: number, k: number) => counts.count[node]! > cutoff[k]!;
  checkCounted(name, counts);
  const amounts = estimateDiscounts(counts, discounted, options).map((amount) => [0, ...amount]);

  const model = interpolateOrders(
    counts,
    link,
    (k, start, end, own) => {
      const amount = amounts[k - 1]!;
      let total = 0;
      let taken = 0;
      for (let node = start; node < end; node++) {
        const a = own[node]!;
        total += a;
        taken += isKept(node, k) ? amount[Math.min(a, 3)]! : a;
      }
      for (let node = start; node < end; node++) {
        const a = own[node]!;
        own[node] = (a - amount[Math.min(a, 3)]!) / total;
      }
      if (k > 1 || interpolateUnigrams) return taken / total;
      own[1 + unknown!]! += taken / total;
      return 0;
    },
    discounted,
  );
  return new NgramModel(cutoff[order] === 0 ? { ...model, link } : filterNgrams(model, isKept));
}

/** Entry 0 for single tokens. */
export function estimateDiscounts(
  { trie }: NgramCounts,
  discounted: Float64Array,
  { discounts, fallback }: Pick<DiscountingOptions, 'discounts' | 'fallback'>,
): Discount[] {
  const estimate = discounts === 'single' ? singleDiscount : modifiedDiscount;
  return levelSizes(trie).map((_, i) => {
    const level = discounted.subarray(trie.levelStart[i + 1]!, trie.levelStart[i + 2]!);
    try {
      return estimate(i + 1, countsOfCounts(level, 4));
    } catch (error) {
      if (fallback && error instanceof DiscountError) return fallback;
      throw error;
    }
  });
}

/** Entry k: n-grams of order k that occurred so often or less are left out; -1 for single tokens, which all stay. */
function pruningCutoffs(name: string, order: number, prune: readonly number[]): number[] {
  const valid =
    prune.length <= order &&
    prune.every(
      (cutoff, i) => Number.isInteger(cutoff) && (i === 0 ? cutoff === 0 : cutoff >= prune[i - 1]!),
    );
  if (!valid) {
    throw new RangeError(
      `${name}: prune is [${prune}] at order ${order}, expected at most ${order} integers, the first 0, none below the one before.`,
    );
  }
  const cutoff = [0, -1];
  for (let k = 2; k <= order; k++) cutoff[k] = prune[k - 1] ?? prune.at(-1) ?? 0;
  return cutoff;
}
