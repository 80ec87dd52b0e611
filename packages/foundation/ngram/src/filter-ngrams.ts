import type { NgramParts } from './ngram-model.ts';
import { assembleTrie, type TrieLevel } from './ngram-trie.ts';
import type { TokenIds } from './token-ids.ts';

/**
 * The n-grams of a model for which `keep` holds, with their numbers as they are. Single tokens stay, and no n-gram
 * stays without its parent.
 */
export function filterNgrams<Vocab extends TokenIds>(
  { trie, vocabulary, logProb, logBackoff }: NgramParts<Vocab>,
  keep: (node: number, order: number) => boolean,
): NgramParts<Vocab> {
  const { order, levelStart, firstChild, token } = trie;
  const levels: TrieLevel[] = [];
  const kept: Int32Array[] = [Int32Array.from({ length: levelStart[2]! }, (_, node) => node)];
  let parents = kept[0]!.subarray(1);
  for (let k = 2; k <= order; k++) {
    const nodes = new Int32Array(levelStart[k + 1]! - levelStart[k]!);
    const first = new Int32Array(parents.length + 1);
    let count = 0;
    for (let p = 0; p < parents.length; p++) {
      const parent = parents[p]!;
      for (let node = firstChild[parent]!; node < firstChild[parent + 1]!; node++) {
        if (keep(node, k)) nodes[count++] = node;
      }
      first[p + 1] = count;
    }
    parents = nodes.slice(0, count);
    levels.push({ first, token: parents.map((node) => token[node]!) });
    kept.push(parents);
  }
  const filtered = assembleTrie(trie.vocabularySize, levels);
  return {
    trie: filtered,
    vocabulary,
    logProb: pick(logProb, kept, filtered.token.length),
    logBackoff: pick(logBackoff, kept, filtered.levelStart[order]!),
  };
}

/** @param length  how many to pick, level by level */
function pick(
  values: Float64Array | Float32Array,
  levels: readonly Int32Array[],
  length: number,
): Float64Array | Float32Array {
  const picked = values instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  let at = 0;
  for (const nodes of levels)
    for (let i = 0; i < nodes.length && at < length; i++) picked[at++] = values[nodes[i]!]!;
  return picked;
}
