import { NgramModel, type NgramParts } from './ngram-model.ts';
import type { TokenIds } from './token-ids.ts';

/** Probability sums this near to 1 leave nothing but rounding errors. */
const nothing = 1e-12;

/**
 * The model with these probabilities whose contexts each sum to 1: what a context's own tokens leave goes to the
 * others in proportion to their probability after the shorter context (Katz 1987).
 *
 *   backoff(h) = (1 − Σ p(w | h)) / (1 − Σ p(w | h′))    sums over the tokens w that the model has after h
 *
 * @param parts.logBackoff  is overwritten; so is logProb, where a context has all tokens and they do not sum to 1
 */
export function normalizeBackoffs<Vocab extends TokenIds>(parts: NgramParts<Vocab>): NgramModel<Vocab> {
  const { logBackoff, logProb, trie } = parts;
  const { firstChild, token, levelStart, order } = trie;
  logBackoff.fill(0);
  const model = new NgramModel(parts);
  // shorter contexts come first, so that their own back-off stands when it is needed
  for (let context = 1; context < levelStart[order]!; context++) {
    const [start, end] = [firstChild[context]!, firstChild[context + 1]!];
    if (start === end) continue;
    const shorter = model.shorter(context);
    let left = 1;
    let leftShorter = 1;
    for (let node = start; node < end; node++) {
      left -= Math.exp(logProb[node]!);
      leftShorter -= Math.exp(model.step(shorter, token[node]!).logProb);
    }
    if (leftShorter > nothing) {
      logBackoff[context] = left > nothing ? Math.log(left / leftShorter) : Number.NEGATIVE_INFINITY;
    } else {
      // every token was seen after this context: they share what is left
      for (let node = start; node < end; node++) logProb[node]! -= Math.log(1 - left);
    }
  }
  return model;
}
