import type { NgramCounts } from './ngram-counts.ts';
import { assembleTrie, type TrieLevel } from './ngram-trie.ts';
import type { TokenIds } from './token-ids.ts';

const maxCount = 2 ** 32 - 1;

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
  if (parts.length === 0) throw new Error('mergeCounts: no counts given, expected at least one.');
  let merged = [...parts];
  while (merged.length > 1) {
    const pairs: NgramCounts<Vocab>[] = [];
    for (let i = 0; i < merged.length; i += 2)
      pairs.push(merged[i + 1] ? mergeTwo(merged[i]!, merged[i + 1]!) : merged[i]!);
    merged = pairs;
  }
  return merged[0]!;
}

/** Walks both tries level by level; `inA` and `inB` hold where each merged n-gram is in them, 0 for not at all. */
function mergeTwo<Vocab extends TokenIds>(a: NgramCounts<Vocab>, b: NgramCounts<Vocab>): NgramCounts<Vocab> {
  checkFit(a, b);
  const { order } = a.trie;
  const vocabulary = a.vocabulary.size < b.vocabulary.size ? b.vocabulary : a.vocabulary;
  const size = Math.max(a.trie.vocabularySize, b.trie.vocabularySize);
  const levels: TrieLevel[] = [];
  const total = new Uint32Array(1 + size + length(a, 2) + length(b, 2));
  let inA = Int32Array.from({ length: size }, (_, id) => (id < a.trie.vocabularySize ? 1 + id : 0));
  let inB = Int32Array.from({ length: size }, (_, id) => (id < b.trie.vocabularySize ? 1 + id : 0));
  total[0] = sum(a.count[0]!, b.count[0]!);
  let at = 1;
  const add = (nodeA: number, nodeB: number) => {
    total[at++] = sum(nodeA && a.count[nodeA]!, nodeB && b.count[nodeB]!);
  };
  for (let id = 0; id < size; id++) add(inA[id]!, inB[id]!);
  for (let k = 2; k <= order; k++) {
    const first = new Int32Array(inA.length + 1);
    const most = length(a, k) - length(a, k + 1) + length(b, k) - length(b, k + 1);
    const token = new Int32Array(most);
    const nextA = new Int32Array(most);
    const nextB = new Int32Array(most);
    let ngrams = 0;
    for (let parent = 0; parent < inA.length; parent++) {
      let [nodeA, endA] = children(a, inA[parent]!);
      let [nodeB, endB] = children(b, inB[parent]!);
      while (nodeA < endA || nodeB < endB) {
        const tokenA = nodeA < endA ? a.trie.token[nodeA]! : size;
        const tokenB = nodeB < endB ? b.trie.token[nodeB]! : size;
        token[ngrams] = Math.min(tokenA, tokenB);
        if (tokenA <= tokenB) nextA[ngrams] = nodeA++;
        if (tokenB <= tokenA) nextB[ngrams] = nodeB++;
        add(nextA[ngrams]!, nextB[ngrams]!);
        ngrams++;
      }
      first[parent + 1] = ngrams;
    }
    levels.push({ first, token: token.slice(0, ngrams) });
    inA = nextA.subarray(0, ngrams);
    inB = nextB.subarray(0, ngrams);
  }
  return { trie: assembleTrie(size, levels), count: total.slice(0, at), vocabulary };
}

function checkFit(a: NgramCounts, b: NgramCounts): void {
  if (a.trie.order !== b.trie.order) {
    throw new Error(
      `mergeCounts: got counts of orders ${a.trie.order} and ${b.trie.order}, expected one order.`,
    );
  }
  if ((['unknown', 'begin', 'end'] as const).some((id) => a.vocabulary[id] !== b.vocabulary[id])) {
    throw new Error('mergeCounts: the parts have different special ids. Count them with one vocabulary.');
  }
}

/** How many n-grams of order k and above. */
function length({ trie }: NgramCounts, k: number): number {
  return trie.token.length - (trie.levelStart[k] ?? trie.token.length);
}

/** From the first to before the second; none of node 0, which stands for an n-gram that is not there. */
function children({ trie }: NgramCounts, node: number): [start: number, end: number] {
  return node === 0 ? [0, 0] : [trie.firstChild[node]!, trie.firstChild[node + 1]!];
}

function sum(a: number, b: number): number {
  if (a + b > maxCount)
    throw new Error(`mergeCounts: an n-gram occurred ${a + b} times, counts go up to ${maxCount}.`);
  return a + b;
}
