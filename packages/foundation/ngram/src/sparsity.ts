import { countNgrams } from './count-ngrams.ts';
import { fallbackDiscount } from './discounts.ts';
import { kneserNey } from './kneser-ney.ts';
import type { NgramCounts } from './ngram-counts.ts';
import type { NgramModel } from './ngram-model.ts';
import { findChild, type NgramTrie } from './ngram-trie.ts';
import { perplexity, perplexityKnown, scoreStream } from './score.ts';
import type { IdChunks } from './token-ids.ts';

/** How thinly one order's n-grams are sown. */
export interface SparsityRow {
  order: number;
  /** Different n-grams in the counted text. */
  distinct: number;
  /** How many of these occurred once. */
  seenOnce: number;
  /** N-grams of the held-out text, repetitions counted. */
  heldOut: number;
  /** How many of these occur in the counted text. */
  heldOutSeen: number;
  /** heldOutSeen / heldOut */
  coverage: number;
  /** Of the held-out text, by a model of this order. */
  perplexity: number;
  /** The same, unknown tokens left out. */
  perplexityKnown: number;
}

/**
 * The sparsity of n-grams in numbers, one row for each order from 1 to that of the counts: for a table or a chart.
 * Begin tokens alone are not counted.
 *
 * @param estimate  modified Kneser-Ney with fallback discounts, if not given
 * @throws RangeError naming the position of an id outside the vocabulary
 */
export async function sparsity(
  counts: NgramCounts,
  heldOut: IdChunks,
  estimate: (counts: NgramCounts) => NgramModel = (counts) =>
    kneserNey(counts, { fallback: fallbackDiscount }),
): Promise<SparsityRow[]> {
  const ids: ArrayLike<number>[] = [];
  for await (const chunk of heldOut) ids.push(chunk);
  const { trie, vocabulary } = counts;
  const held = await countNgrams(ids, { order: trie.order, vocabulary });
  const here = correspondingNodes(held.trie, trie);
  const rows: SparsityRow[] = [];
  for (let order = 1; order <= trie.order; order++) {
    const row = { order, distinct: 0, seenOnce: 0, heldOut: 0, heldOutSeen: 0 };
    const isBegin = (node: number) => order === 1 && node === 1 + (vocabulary.begin ?? -1);
    for (let node = trie.levelStart[order]!; node < trie.levelStart[order + 1]!; node++) {
      if (counts.count[node] === 0 || isBegin(node)) continue;
      row.distinct++;
      if (counts.count[node] === 1) row.seenOnce++;
    }
    for (let node = held.trie.levelStart[order]!; node < held.trie.levelStart[order + 1]!; node++) {
      if (isBegin(node)) continue;
      row.heldOut += held.count[node]!;
      if (here[node]! >= 0 && counts.count[here[node]!]! > 0) row.heldOutSeen += held.count[node]!;
    }
    const score = await scoreStream(estimate(lowerOrder(counts, order)), ids);
    rows.push({
      ...row,
      coverage: row.heldOutSeen / row.heldOut,
      perplexity: perplexity(score),
      perplexityKnown: perplexityKnown(score),
    });
  }
  return rows;
}

/** The counts of orders 1 to `order` alone. Shares memory. */
export function lowerOrder<Counts extends NgramCounts>(counts: Counts, order: number): Counts {
  const { vocabularySize, levelStart, token, firstChild } = counts.trie;
  const size = levelStart[order + 1]!;
  return {
    ...counts,
    trie: {
      order,
      vocabularySize,
      levelStart: levelStart.slice(0, order + 2),
      token: token.subarray(0, size),
      firstChild: firstChild.subarray(0, levelStart[order]! + 1),
    },
    count: counts.count.subarray(0, size),
  };
}

/** [nodes of `from`] the node of the same n-gram in `to`, or -1. */
function correspondingNodes(from: NgramTrie, to: NgramTrie): Int32Array {
  const corresponding = new Int32Array(from.token.length).fill(-1);
  corresponding[0] = 0;
  for (let node = 0; node < from.levelStart[from.order]!; node++) {
    if (corresponding[node]! < 0) continue;
    for (let child = from.firstChild[node]!; child < from.firstChild[node + 1]!; child++) {
      corresponding[child] = findChild(to, corresponding[node]!, from.token[child]!);
    }
  }
  return corresponding;
}
