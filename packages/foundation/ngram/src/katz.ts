import { countsOfCounts } from './discounts.ts';
import type { NgramCounts } from './ngram-counts.ts';
import type { NgramModel } from './ngram-model.ts';
import { normalizeBackoffs } from './normalize-backoffs.ts';
import { predictedCounts } from './predicted-counts.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Katz back-off with Good-Turing discounts (Katz 1987): counts r up to `largestDiscounted` are scaled down to
 * (r + 1) n_{r+1} / n_r, corrected so that what is taken together is what occurred once; a context gives what is left
 * to the tokens never seen after it, in proportion to the shorter context.
 *
 * As in SRILM, a count whose discount cannot be estimated (it would not lie between 0 and 1) is left as it is, and a
 * context that would have nothing left counts one token more.
 *
 * @param options.largestDiscounted  5 if not given, as Katz proposed
 * @throws Error if the counts are empty; RangeError if `largestDiscounted` is no positive integer
 */
export function katz<Vocab extends TokenIds>(
  counts: NgramCounts<Vocab>,
  options: { largestDiscounted?: number } = {},
): NgramModel<Vocab> {
  const { trie, vocabulary } = counts;
  const { order, levelStart, firstChild } = trie;
  const { largestDiscounted = 5 } = options;
  if (!(Number.isInteger(largestDiscounted) && largestDiscounted > 0)) {
    throw new RangeError(`katz: largestDiscounted is ${largestDiscounted}, expected a positive integer.`);
  }
  const count = predictedCounts('katz', counts);
  const logProb = new Float64Array(count.length);
  for (let k = 1; k <= order; k++) {
    const ratio = goodTuringRatios(count.subarray(levelStart[k]!, levelStart[k + 1]!), largestDiscounted);
    const discounted = (r: number) => r * (ratio[r] ?? 1);
    for (let context = levelStart[k - 1]!; context < levelStart[k]!; context++) {
      const [start, end] = [firstChild[context]!, firstChild[context + 1]!];
      let total = 0;
      let kept = 0;
      for (let node = start; node < end; node++) {
        total += count[node]!;
        kept += discounted(count[node]!);
      }
      if (kept === total) total++;
      for (let node = start; node < end; node++) logProb[node] = Math.log(discounted(count[node]!) / total);
    }
    if (k === 1) shareRest(logProb.subarray(levelStart[1]!, levelStart[2]!), vocabulary);
  }
  return normalizeBackoffs({ trie, vocabulary, logProb, logBackoff: new Float64Array(levelStart[order]!) });
}

/** Entry r: what a count of r is multiplied by; none where it is left as it is. */
function goodTuringRatios(counts: Uint32Array, largest: number): number[] {
  const n = [0, ...countsOfCounts(counts, largest + 1)];
  const excess = ((largest + 1) * n[largest + 1]!) / n[1]!;
  const ratios: number[] = [];
  for (let r = 1; r <= largest; r++) {
    const ratio = (((r + 1) * n[r + 1]!) / (r * n[r]!) - excess) / (1 - excess);
    if (ratio > 0 && ratio < 1) ratios[r] = ratio;
  }
  return ratios;
}

/** What single tokens leave goes to those never seen in equal parts; if there are none, to all in proportion. */
function shareRest(logProb: Float64Array, { begin }: TokenIds): void {
  const sum = logProb.reduce((total, value) => total + Math.exp(value), 0);
  const unseen = logProb.reduce(
    (total, value, id) => total + (value === Number.NEGATIVE_INFINITY && id !== begin ? 1 : 0),
    0,
  );
  for (let id = 0; id < logProb.length; id++) {
    if (id === begin) continue;
    if (unseen === 0) logProb[id]! -= Math.log(sum);
    else if (logProb[id] === Number.NEGATIVE_INFINITY) logProb[id] = Math.log((1 - sum) / unseen);
  }
}
