import { adjustedCounts } from './adjusted-counts.ts';
import {
  countsOfCounts,
  type Discount,
  DiscountError,
  modifiedDiscount,
  singleDiscount,
} from './discounts.ts';
import { filterNgrams } from './filter-ngrams.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { levelSizes, suffixLinks } from './ngram-trie.ts';
import { predictedSize, type TokenIds } from './token-ids.ts';

export interface KneserNeyOptions {
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
 * Interpolated Kneser-Ney (Kneser & Ney 1995; modified: Chen & Goodman 1998), number for number as KenLM's lmplz
 * (Heafield et al. 2013, https://aclanthology.org/P13-2121). With a(·) the adjusted counts, h′ the context h without
 * its first token, and u(w) = 1 / (tokens that can be predicted) below the single tokens:
 *
 *   p(w | h) = (a(hw) − D(a(hw))) / Σᵥ a(hv) + γ(h) · p(w | h′)
 *   γ(h)     = (Σ over kept hv of D(a(hv)) + Σ over pruned hv of a(hv)) / Σᵥ a(hv)
 *
 * @throws DiscountError if discounts cannot be estimated and no `fallback` is given
 * @throws Error if the counts are empty, or an option makes no sense
 */
export function kneserNey<Vocab extends TokenIds>(
  counts: NgramCounts<Vocab>,
  options: KneserNeyOptions = {},
): NgramModel<Vocab> {
  const { trie, vocabulary } = counts;
  const { order, levelStart, firstChild } = trie;
  const { begin, unknown } = vocabulary;
  if (counts.count[0] === 0)
    throw new Error('kneserNey: the counts are empty. Count a text with at least one token.');
  const interpolateUnigrams = options.interpolateUnigrams ?? true;
  if (!interpolateUnigrams && unknown === undefined) {
    throw new Error(
      'kneserNey: interpolateUnigrams: false gives the rest to the unknown token, but the vocabulary has none.',
    );
  }
  const cutoff = pruningCutoffs(order, options.prune ?? []);

  const link = suffixLinks(trie);
  const adjusted = adjustedCounts(counts, link);
  const probability = new Float64Array(adjusted.length);
  const backoff = new Float64Array(levelStart[order]!).fill(1);
  probability[0] = 1 / predictedSize(vocabulary);
  for (let k = 1; k <= order; k++) {
    const discount = estimateDiscount(k, adjusted.subarray(levelStart[k]!, levelStart[k + 1]!), options);
    const amount = [0, ...discount];
    for (let context = levelStart[k - 1]!; context < levelStart[k]!; context++) {
      const [start, end] = [firstChild[context]!, firstChild[context + 1]!];
      if (start === end) continue;
      let total = 0;
      let taken = 0;
      for (let node = start; node < end; node++) {
        const a = adjusted[node]!;
        total += a;
        taken += isKept(counts, node, k, cutoff) ? amount[Math.min(a, 3)]! : a;
      }
      const gamma = taken / total;
      backoff[context] = gamma;
      for (let node = start; node < end; node++) {
        const a = adjusted[node]!;
        probability[node] = (a - amount[Math.min(a, 3)]!) / total + gamma * probability[link[node]!]!;
      }
    }
    if (k === 1) {
      if (!interpolateUnigrams) withoutUniform(probability, backoff[0]!, unknown!, levelStart[2]!);
      if (begin !== undefined) probability[1 + begin] = 0;
    }
  }
  backoff[0] = 1; // mixed into the single tokens already
  const model = { trie, vocabulary, logProb: probability.map(Math.log), logBackoff: backoff.map(Math.log) };
  if (cutoff[order] === 0) return new NgramModel({ ...model, link });
  return new NgramModel(filterNgrams(model, (node, k) => isKept(counts, node, k, cutoff)));
}

/**
 * The discounts that `kneserNey` takes, entry 0 for single tokens.
 *
 * @throws as `kneserNey`
 */
export function kneserNeyDiscounts(
  counts: NgramCounts,
  options: Pick<KneserNeyOptions, 'discounts' | 'fallback'> = {},
): Discount[] {
  const { levelStart } = counts.trie;
  const adjusted = adjustedCounts(counts, suffixLinks(counts.trie));
  return levelSizes(counts.trie).map((_, i) =>
    estimateDiscount(i + 1, adjusted.subarray(levelStart[i + 1]!, levelStart[i + 2]!), options),
  );
}

function estimateDiscount(
  order: number,
  adjusted: Uint32Array,
  { discounts, fallback }: KneserNeyOptions,
): Discount {
  const estimate = discounts === 'single' ? singleDiscount : modifiedDiscount;
  try {
    return estimate(order, countsOfCounts(adjusted));
  } catch (error) {
    if (fallback && error instanceof DiscountError) return fallback;
    throw error;
  }
}

/** Entry k: n-grams of order k that occurred so often or less are left out. */
function pruningCutoffs(order: number, prune: readonly number[]): number[] {
  const cutoff = [0, 0];
  for (let k = 1; k <= order; k++) cutoff[k] = prune[k - 1] ?? cutoff[k - 1]!;
  const valid =
    prune.length <= order &&
    cutoff.every((c, k) => Number.isInteger(c) && (k <= 1 ? c === 0 : c >= cutoff[k - 1]!));
  if (!valid) {
    throw new RangeError(
      `kneserNey: prune is [${prune}] at order ${order}, expected at most ${order} integers, the first 0, none below the one before.`,
    );
  }
  return cutoff;
}

function isKept(counts: NgramCounts, node: number, order: number, cutoff: readonly number[]): boolean {
  return order < 2 || counts.count[node]! > cutoff[order]!;
}

/** lmplz's `--interpolate_unigrams 0`: what was discounted goes to the unknown token alone. */
function withoutUniform(probability: Float64Array, gamma: number, unknown: number, end: number): void {
  const uniform = probability[0]!;
  for (let node = 1; node < end; node++) probability[node]! -= gamma * uniform;
  probability[1 + unknown]! += gamma;
}
