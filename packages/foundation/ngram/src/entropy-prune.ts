import { filterNgrams } from './filter-ngrams.ts';
import type { NgramModel } from './ngram-model.ts';
import { normalizeBackoffs } from './normalize-backoffs.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Leaves out the n-grams that the model hardly misses (Stolcke 1998, https://arxiv.org/abs/cs/0006025): those without
 * which, each taken alone, the model's own perplexity would rise by less than `threshold` (1e-8: 1 part in 10⁸).
 * What remains keeps its probability; back-offs are set anew.
 *
 * The begin token is taken to be as frequent as the end token. After Kneser-Ney this costs more perplexity than after
 * other smoothings (Chelba et al. 2010), as its lower orders do not say how frequent a context is.
 *
 * @param model  one whose probabilities sum to 1
 * @throws RangeError for a negative threshold
 */
export function entropyPrune<Vocab extends TokenIds>(
  model: NgramModel<Vocab>,
  threshold: number,
): NgramModel<Vocab> {
  if (!(threshold >= 0)) throw new RangeError(`entropyPrune: threshold is ${threshold}, expected 0 or more.`);
  const { trie, vocabulary, logProb, logBackoff } = model;
  const { order, levelStart, firstChild, token } = trie;
  const frequency = logFrequencies(model);
  const keep = new Uint8Array(trie.token.length);
  for (let context = levelStart[order]! - 1; context > 0; context--) {
    const [start, end] = [firstChild[context]!, firstChild[context + 1]!];
    const shorter = model.shorter(context);
    const logShorter = new Float64Array(end - start);
    let left = 1;
    let leftShorter = 1;
    for (let node = start; node < end; node++) {
      logShorter[node - start] = model.step(shorter, token[node]!).logProb;
      left -= Math.exp(logProb[node]!);
      leftShorter -= Math.exp(logShorter[node - start]!);
    }
    for (let node = start; node < end; node++) {
      const p = Math.exp(logProb[node]!);
      const backedOff = logShorter[node - start]!;
      const newBackoff = Math.log((Math.max(left, 0) + p) / (Math.max(leftShorter, 0) + Math.exp(backedOff)));
      const ownLoss = p === 0 ? 0 : p * (backedOff + newBackoff - logProb[node]!);
      const isRest = left > 0 && logBackoff[context] !== Number.NEGATIVE_INFINITY; // or a rounding error
      const othersLoss = isRest ? left * (newBackoff - logBackoff[context]!) : 0;
      const divergence = Math.max(-Math.exp(frequency[context]!) * (ownLoss + othersLoss), 0);
      // longer n-grams were decided before, and need their beginnings
      if (keep[node] === 0 && Math.expm1(divergence) >= threshold) keep[node] = 1;
      if (keep[node] === 1) keep[context] = 1;
    }
  }
  const { logProb: values, ...rest } = filterNgrams(
    { trie, vocabulary, logProb, logBackoff },
    (node) => keep[node] === 1,
  );
  return normalizeBackoffs({ ...rest, logProb: values.slice() });
}

/** [nodes] log probability to meet the n-gram anywhere, as the model has it. */
function logFrequencies({ trie, logProb, vocabulary }: NgramModel): Float64Array {
  const frequency = Float64Array.from(logProb);
  const { begin, end } = vocabulary;
  if (begin !== undefined) frequency[1 + begin] = end === undefined ? 0 : logProb[1 + end]!;
  for (let context = 1; context < trie.levelStart[trie.order]!; context++) {
    for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
      frequency[node]! += frequency[context]!;
    }
  }
  return frequency;
}
