import type { NgramCounts } from './ngram-counts.ts';
import { assembleTrie, type TrieLevel } from './ngram-trie.ts';
import { rankPairs } from './rank-pairs.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * Adds up counts of separately counted parts of a corpus. All must have one order and share one vocabulary (which may
 * have grown from part to part).
 *
 * An n-gram that would begin in one part and end in the next is in neither; cut between sentences and none is lost.
 *
 * @throws Error if the parts do not fit together, or a count exceeds 2³² - 1
 */
export function mergeCounts<Vocab extends TokenIds>(
  parts: readonly NgramCounts<Vocab>[],
): NgramCounts<Vocab> {
  const first = parts[0];
  if (!first) throw new Error('mergeCounts: no counts given, expected at least one.');
  const { order } = first.trie;
  const { begin, end, unknown } = first.vocabulary;
  for (const { trie, vocabulary } of parts) {
    if (trie.order !== order)
      throw new Error(`mergeCounts: got counts of orders ${order} and ${trie.order}, expected one order.`);
    if (vocabulary.begin !== begin || vocabulary.end !== end || vocabulary.unknown !== unknown) {
      throw new Error('mergeCounts: the parts have different special ids. Count them with one vocabulary.');
    }
  }
  const vocabulary = parts.reduce(
    (largest, { vocabulary }) => (vocabulary.size > largest.size ? vocabulary : largest),
    first.vocabulary,
  );
  const size = Math.max(...parts.map(({ trie }) => trie.vocabularySize));

  const levels: TrieLevel[] = [];
  const sums = [
    sum(
      1,
      parts,
      0,
      parts.map(() => new Int32Array(1)),
    ),
  ];
  // where the nodes of each part's level went in the merged level
  let merged: Int32Array[] = parts.map(({ trie }) =>
    Int32Array.from({ length: trie.vocabularySize }, (_, id) => id),
  );
  sums.push(sum(size, parts, 1, merged));
  for (let k = 2; k <= order; k++) {
    const sizes = parts.map(({ trie }) => trie.levelStart[k + 1]! - trie.levelStart[k]!);
    const total = sizes.reduce((a, b) => a + b, 0);
    const parent = new Int32Array(total);
    const token = new Int32Array(total);
    let at = 0;
    parts.forEach(({ trie }, part) => {
      const [above, start] = [trie.levelStart[k - 1]!, trie.levelStart[k]!];
      token.set(trie.token.subarray(start, trie.levelStart[k + 1]!), at);
      for (let p = above; p < start; p++) {
        parent.fill(
          merged[part]![p - above]!,
          at + trie.firstChild[p]! - start,
          at + trie.firstChild[p + 1]! - start,
        );
      }
      at += sizes[part]!;
    });
    const level = rankPairs(parent, token, sums[k - 1]!.length, size);
    at = 0;
    merged = sizes.map((length) => level.rank.subarray(at, (at += length)));
    levels.push(level);
    sums.push(sum(level.token.length, parts, k, merged));
  }
  const count = new Uint32Array(sums.reduce((length, level) => length + level.length, 0));
  let at = 0;
  for (const level of sums) {
    for (let i = 0; i < level.length; i++) {
      if (level[i]! > 0xffffffff)
        throw new Error(`mergeCounts: an n-gram occurred ${level[i]} times, counts go to 2³² - 1.`);
      count[at++] = level[i]!;
    }
  }
  return { trie: assembleTrie(size, levels), count, vocabulary };
}

function sum(
  size: number,
  parts: readonly NgramCounts[],
  level: number,
  merged: readonly Int32Array[],
): Float64Array {
  const total = new Float64Array(size);
  parts.forEach(({ trie, count }, part) => {
    const start = trie.levelStart[level]!;
    const to = merged[part]!;
    for (let i = 0; i < to.length; i++) total[to[i]!]! += count[start + i]!;
  });
  return total;
}
