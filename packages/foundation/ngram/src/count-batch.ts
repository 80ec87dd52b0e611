import type { NgramCounts } from './ngram-counts.ts';
import { sortNgrams } from './sort-ngrams.ts';
import type { TokenIds } from './token-ids.ts';

/** Starts in the longest batch. */
export const maxBatch: number = 2 ** 21;

/**
 * Counts the n-grams that start in the first `starts` of `ids`. They are sorted; only then is it known how many there
 * are, and the trie is written once, in arrays of the right length.
 */
export function countBatch<Vocab extends TokenIds>(
  ids: Int32Array,
  starts: number,
  order: number,
  vocabulary: Vocab,
): NgramCounts<Vocab> {
  const { size } = vocabulary;
  const unigrams = tokenCounts(ids.subarray(0, starts), size);
  const place = sortedPlaces(ids.subarray(0, starts), unigrams);
  const { longest, shared, fresh } = sortNgrams(place, ids, order, vocabulary);

  const levelStart = levelStarts(longest, shared, order, size);
  const nodes = levelStart[order + 1]!;
  const token = new Int32Array(nodes);
  const firstChild = new Int32Array(levelStart[order]! + 1);
  const count = new Uint32Array(nodes);
  token[0] = -1;
  for (let id = 0; id < size; id++) token[1 + id] = id;
  count[0] = starts;
  count.set(unigrams, 1);
  firstChild[0] = 1;
  const next = Int32Array.from(levelStart);
  let read = 0;
  for (let i = 0; i < place.length; i++) {
    const known = shared[i]!;
    if (known === 0 && order > 1) {
      const first = ids[place[i]!]!;
      while (next[1]! <= 1 + first) firstChild[next[1]!++] = next[2]!;
    }
    for (let k = 2; k <= longest[i]!; k++) {
      if (known < k) {
        const node = next[k]!++;
        token[node] = fresh[read++]!;
        if (k < order) firstChild[node] = next[k + 1]!;
      }
      count[next[k]! - 1]!++;
    }
  }
  if (order > 1) firstChild.fill(next[2]!, next[1]!, levelStart[2]);
  firstChild[levelStart[order]!] = nodes;
  return { trie: { order, vocabularySize: size, levelStart, token, firstChild }, count, vocabulary };
}

/** `NgramTrie.levelStart` of sorted n-grams, of which `shared` tokens are those of the n-gram before. */
function levelStarts(longest: Uint8Array, shared: Uint8Array, order: number, size: number): number[] {
  const sizes = new Float64Array(order + 1);
  for (let i = 0; i < longest.length; i++)
    for (let k = Math.max(2, shared[i]! + 1); k <= longest[i]!; k++) sizes[k]!++;
  const levelStart = [0, 1, 1 + size];
  for (let k = 2; k <= order; k++) levelStart.push(levelStart[k]! + sizes[k]!);
  return levelStart;
}

function tokenCounts(ids: Int32Array, size: number): Uint32Array {
  const count = new Uint32Array(size);
  for (let i = 0; i < ids.length; i++) count[ids[i]!]!++;
  return count;
}

/** The places of each token side by side. */
function sortedPlaces(ids: Int32Array, count: Uint32Array): Int32Array {
  const next = new Int32Array(count.length);
  for (let id = 1; id < count.length; id++) next[id] = next[id - 1]! + count[id - 1]!;
  const place = new Int32Array(ids.length);
  for (let i = 0; i < ids.length; i++) place[next[ids[i]!]!++] = i;
  return place;
}
