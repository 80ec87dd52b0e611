import type { ModelAnswers } from './model-answers.ts';
import type { NgramTrie } from './ngram-trie.ts';

/** The sums that make a product of models a distribution, context by context. */
export interface Normalizers {
  /** [contexts] log Σ Π pᵢ(w | h)^weightᵢ over all tokens w */
  logZ: Float64Array;
  /** [models][contexts] the slope of logZ in each weight: the expectation of log pᵢ */
  slopes: Float64Array[];
}

/**
 * With u = Π pᵢ^weightᵢ, what a context h does not have itself is the shorter context's times
 * B(h) = Π backoffᵢ(h)^weightᵢ, so one pass over the n-grams does (Heafield et al. 2016,
 * https://aclanthology.org/P16-1083):
 *
 *   Z(h) = Σ u(w | h) + B(h) · (Z(h′) − Σ u(w | h′))    sums over the tokens w that the union has after h
 *
 * @param link   the trie's `suffixLinks`
 * @param begin  the id that is never predicted
 * @param wanted [contexts] 0 for those to leave out; with a context its shorter ones must be wanted
 */
export function normalizers(
  trie: NgramTrie,
  link: Int32Array,
  begin: number | undefined,
  { logProbs, logShorters, logBackoffs }: ModelAnswers,
  weights: readonly number[],
  wanted?: Uint8Array,
): Normalizers {
  const models = weights.length;
  const logZ = new Float64Array(trie.levelStart[trie.order]!);
  const slopes = weights.map(() => new Float64Array(logZ.length));
  const own = new Float64Array(models); // Σ u · log pᵢ over the context's own tokens
  const others = new Float64Array(models); // the same over all others, after the shorter context
  for (let context = 0; context < logZ.length; context++) {
    if (wanted && wanted[context] === 0) continue;
    const shorter = link[context]!;
    let ownSum = 0;
    let othersSum = context === 0 ? 0 : Math.exp(logZ[shorter]!);
    for (let i = 0; i < models; i++) {
      own[i] = 0;
      others[i] = othersSum * slopes[i]![shorter]!;
    }
    for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
      if (context === 0 && trie.token[node] === begin) continue;
      const u = Math.exp(weighted(weights, logProbs, node));
      const uShorter = context === 0 ? 0 : Math.exp(weighted(weights, logShorters, node));
      ownSum += u;
      othersSum -= uShorter;
      for (let i = 0; i < models; i++) {
        if (u > 0) own[i]! += u * logProbs[i]![node]!;
        if (uShorter > 0) others[i]! -= uShorter * logShorters[i]![node]!;
      }
    }
    othersSum = Math.max(othersSum, 0); // a rounding error below
    const backoff = context === 0 ? 0 : Math.exp(weighted(weights, logBackoffs, context));
    const z = ownSum + backoff * othersSum;
    logZ[context] = Math.log(z);
    for (let i = 0; i < models; i++) {
      const fallen = backoff === 0 ? 0 : backoff * (others[i]! + othersSum * logBackoffs[i]![context]!);
      slopes[i]![context] = (own[i]! + fallen) / z;
    }
  }
  return { logZ, slopes };
}

/** Σ weightᵢ · columnᵢ[at]; a weight of 0 silences even -Infinity. */
export function weighted(weights: readonly number[], columns: readonly Float64Array[], at: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) sum += weights[i]! * columns[i]![at]!;
  return sum;
}
