import { interpolateOrders } from './interpolate-orders.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { NgramModel } from './ngram-model.ts';
import { findChild, suffixLinks } from './ngram-trie.ts';
import { predictedCounts } from './predicted-counts.ts';
import { checkIds, type IdChunks, predictedSize, type TokenIds } from './token-ids.ts';

const maxRounds = 500;

/**
 * Jelinek-Mercer smoothing (Jelinek & Mercer 1980): every order mixed with the one below by a fixed weight, down to
 * the uniform distribution.
 *
 *   p(w | h) = λ c(hw) / c(h) + (1 − λ) p(w | h′)    λ = weights[tokens in h]
 *
 * @param weights  [order] from single tokens up, each in [0, 1); `jelinekMercerWeights` finds good ones
 * @throws RangeError for other weights; Error if the counts are empty
 */
export function jelinekMercer<Vocab extends TokenIds>(
  counts: NgramCounts<Vocab>,
  weights: readonly number[],
): NgramModel<Vocab> {
  const { order } = counts.trie;
  if (weights.length !== order || !weights.every((weight) => weight >= 0 && weight < 1)) {
    throw new RangeError(
      `jelinekMercer: weights are [${weights}], expected ${order} from 0 to below 1, one for each order.`,
    );
  }
  const count = predictedCounts('jelinekMercer', counts);
  const link = suffixLinks(counts.trie);
  const model = interpolateOrders(counts, link, (k, start, end, own) => {
    const weight = weights[k - 1]!;
    let total = 0;
    for (let node = start; node < end; node++) total += count[node]!;
    for (let node = start; node < end; node++) own[node] = (weight * count[node]!) / total;
    return 1 - weight;
  });
  return new NgramModel({ ...model, link });
}

/**
 * The weights for `jelinekMercer` that make held-out text most probable, by expectation maximisation: the share of
 * tokens, among those whose context was seen, that are to be put down to the order itself.
 *
 * @param heldOut  not the text that was counted, or the highest order takes all
 * @throws RangeError naming the position of an id outside the vocabulary; Error if nothing is held out
 */
export async function jelinekMercerWeights(counts: NgramCounts, heldOut: IdChunks): Promise<number[]> {
  const { order } = counts.trie;
  const rows = await likelihoodRows(counts, heldOut);
  if (rows.length === 0)
    throw new Error('jelinekMercerWeights: the held-out text is empty, expected at least one token.');
  const uniform = 1 / predictedSize(counts.trie.vocabularySize, counts.vocabulary);
  let weights: number[] = new Array(order).fill(0.5);
  for (let round = 0; round < maxRounds; round++) {
    const reached = new Float64Array(order);
    const explained = new Float64Array(order);
    for (let row = 0; row < rows.length; row += order) {
      // p[k]: of the orders up to k; NaN where the context is unknown, from which order on all are
      let p = uniform;
      let orders = 0;
      const mixed = [uniform];
      for (; orders < order && !Number.isNaN(rows[row + orders]!); orders++) {
        p = weights[orders]! * rows[row + orders]! + (1 - weights[orders]!) * p;
        mixed.push(p);
      }
      let share = 1; // probability that the token fell through to this order
      for (let k = orders - 1; k >= 0; k--) {
        const own = (weights[k]! * rows[row + k]!) / mixed[k + 1]!;
        reached[k]! += share;
        explained[k]! += share * own;
        share *= 1 - own;
      }
    }
    // never 1: what is not in the text must stay possible
    const next = weights.map((weight, k) =>
      reached[k] === 0 ? weight : Math.min(explained[k]! / reached[k]!, 1 - 1e-6),
    );
    const change = Math.max(...next.map((weight, k) => Math.abs(weight - weights[k]!)));
    weights = next;
    if (change < 1e-6) break;
  }
  return weights;
}

/** For each held-out token, c(hw) / c(h) with contexts of 0 to order - 1 tokens; NaN for contexts that never occurred. */
async function likelihoodRows(counts: NgramCounts, heldOut: IdChunks): Promise<Float32Array> {
  const { trie, vocabulary } = counts;
  const { order, firstChild } = trie;
  const count = predictedCounts('jelinekMercerWeights', counts);
  const totals = new Float64Array(trie.levelStart[order]!);
  for (let context = 0; context < totals.length; context++) {
    for (let node = firstChild[context]!; node < firstChild[context + 1]!; node++)
      totals[context]! += count[node]!;
  }
  const rows: number[] = [];
  let contexts = [0]; // entry k: node of the last k tokens, where they are an n-gram that occurred
  let position = 0;
  for await (const chunk of heldOut) {
    checkIds(trie.vocabularySize, chunk, (i) => `jelinekMercerWeights: position ${position + i}`);
    position += chunk.length;
    for (let i = 0; i < chunk.length; i++) {
      const id = chunk[i]!;
      if (id === vocabulary.begin) {
        contexts = [0, 1 + id];
        continue;
      }
      const nodes = contexts.map((context) => findChild(trie, context, id));
      for (let k = 0; k < order; k++) {
        const total = k < contexts.length ? totals[contexts[k]!]! : 0;
        rows.push(total === 0 ? Number.NaN : nodes[k]! < 0 ? 0 : count[nodes[k]!]! / total);
      }
      const seen = nodes.slice(0, order - 1).findIndex((node) => node < 0 || count[node] === 0);
      contexts = [0, ...nodes.slice(0, seen < 0 ? order - 1 : seen)];
    }
  }
  return Float32Array.from(rows);
}
