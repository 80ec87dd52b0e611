import type { NgramCounts } from './ngram-counts.ts';
import { assembleTrie, type TrieLevel } from './ngram-trie.ts';
import type { TokenIds } from './token-ids.ts';

/** Starts in the longest batch. */
export const maxBatch: number = 2 ** 21;
/** Sorting packs token and place into one float64: token · placeLimit + place < 2⁵³. The last batch may be a little longer. */
const placeLimit = 2 * maxBatch;
const insertionSortBelow = 24;

/**
 * Counts the n-grams that start in the first `starts` of `ids`. The places where n-grams start are kept sorted by the
 * n-gram; each order sorts the places of every n-gram of the order below by one token more. Most are alone there.
 */
export function countBatch<Vocab extends TokenIds>(
  ids: Int32Array,
  starts: number,
  order: number,
  vocabulary: Vocab,
): NgramCounts<Vocab> {
  const { begin = -1, end = -1, size } = vocabulary;
  const levels: TrieLevel[] = [];
  let count = tokenCounts(ids.subarray(0, starts), size);
  // what still grows, overwritten order by order
  let place = sortedPlaces(ids.subarray(0, starts), count);
  const counts = [Uint32Array.of(starts), count];
  const sort = placeSorter(ids);
  const token = new Int32Array(starts);
  const longer = new Uint32Array(starts);

  for (let k = 2; k <= order; k++) {
    const first = new Int32Array(count.length + 1);
    let read = 0;
    let written = 0;
    let ngrams = 0;
    for (let ngram = 0; ngram < count.length; ngram++) {
      const from = written;
      for (const last = read + count[ngram]!; read < last; read++) {
        const next = place[read]! + k - 1;
        if (next < ids.length && ids[next - 1] !== end && ids[next] !== begin)
          place[written++] = place[read]!;
      }
      if (written - from > 1) sort(place, from, written, k - 1);
      let before = -1;
      for (let i = from; i < written; i++) {
        const id = ids[place[i]! + k - 1]!;
        if (id !== before) {
          longer[ngrams] = 0;
          token[ngrams++] = before = id;
        }
        longer[ngrams - 1]!++;
      }
      first[ngram + 1] = ngrams;
    }
    place = place.subarray(0, written);
    count = longer.slice(0, ngrams);
    levels.push({ first, token: token.slice(0, ngrams) });
    counts.push(count);
  }
  return { trie: assembleTrie(size, levels), count: concatenate(counts), vocabulary };
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

/** Sorts a stretch of places by the token `offset` after each. */
type PlaceSorter = (places: Int32Array, from: number, to: number, offset: number) => void;

function placeSorter(ids: Int32Array): PlaceSorter {
  let keys = new Float64Array(0);
  return (places, from, to, offset) => {
    if (to - from < insertionSortBelow) {
      for (let i = from + 1; i < to; i++) {
        const place = places[i]!;
        const id = ids[place + offset]!;
        let j = i - 1;
        for (; j >= from && ids[places[j]! + offset]! > id; j--) places[j + 1] = places[j]!;
        places[j + 1] = place;
      }
      return;
    }
    if (keys.length < to - from) keys = new Float64Array(2 * (to - from));
    for (let i = from; i < to; i++) keys[i - from] = ids[places[i]! + offset]! * placeLimit + places[i]!;
    const sorted = keys.subarray(0, to - from).sort();
    for (let i = from; i < to; i++) places[i] = sorted[i - from]! % placeLimit;
  };
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
