import type { NgramCounts } from './ngram-counts.ts';
import type { TokenIds } from './token-ids.ts';

/** Starts in the longest batch. */
export const maxBatch: number = 2 ** 21;
/** Sorting packs token and place into one float64: (1 + token) · placeLimit + place < 2⁵³. The last batch may be a little longer. */
const placeLimit = 2 * maxBatch;
const insertionSortBelow = 24;

/**
 * Counts the n-grams that start in the first `starts` of `ids`. The places where n-grams start are sorted by the
 * n-gram, each order by one token more; only then is it known how many there are, and the trie is written once, in
 * arrays of the right length.
 */
export function countBatch<Vocab extends TokenIds>(
  ids: Int32Array,
  starts: number,
  order: number,
  vocabulary: Vocab,
): NgramCounts<Vocab> {
  const { size } = vocabulary;
  const reach = reaches(ids, order, vocabulary);
  const unigrams = tokenCounts(ids.subarray(0, starts), size);
  const place = sortedPlaces(ids.subarray(0, starts), unigrams);
  const shared = sortPlaces(place, ids, reach, order);

  const levelStart = levelStarts(place, shared, reach, order, size);
  const nodes = levelStart[order + 1]!;
  const token = new Int32Array(nodes);
  const firstChild = new Int32Array(levelStart[order]! + 1);
  const count = new Uint32Array(nodes);
  token[0] = -1;
  for (let id = 0; id < size; id++) token[1 + id] = id;
  count[0] = starts;
  count.set(unigrams, 1);
  firstChild[0] = 1;
  const next = levelStart.slice();
  for (let i = 0; i < place.length; i++) {
    const start = place[i]!;
    const known = shared[i]!;
    const longest = reach[start]!;
    if (order > 1) while (next[1]! <= 1 + ids[start]!) firstChild[next[1]!++] = next[2]!;
    for (let k = 2; k <= longest; k++) {
      if (known < k) {
        const node = next[k]!++;
        token[node] = ids[start + k - 1]!;
        if (k < order) firstChild[node] = next[k + 1]!;
      }
      count[next[k]! - 1]!++;
    }
  }
  if (order > 1) firstChild.fill(next[2]!, next[1]!, levelStart[2]);
  firstChild[levelStart[order]!] = nodes;
  return { trie: { order, vocabularySize: size, levelStart, token, firstChild }, count, vocabulary };
}

/** How long the n-gram that starts at each place can be: up to `order`, and not over the end of a sentence. */
function reaches(ids: Int32Array, order: number, { begin = -1, end = -1 }: TokenIds): Uint8Array {
  const reach = new Uint8Array(ids.length);
  for (let i = ids.length - 1, after = 0; i >= 0; i--) {
    const ends = ids[i] === end || ids[i + 1] === begin;
    reach[i] = after = ends ? 1 : Math.min(after + 1, order);
  }
  return reach;
}

/**
 * Sorts places by the n-grams that start there, shorter ones first.
 *
 * @param place  sorted by their first token; sorted in place
 * @returns [places] how many tokens the n-gram shares with the one before
 */
function sortPlaces(place: Int32Array, ids: Int32Array, reach: Uint8Array, order: number): Uint8Array {
  const shared = new Uint8Array(place.length);
  for (let i = 1; i < place.length; i++) if (ids[place[i]!] === ids[place[i - 1]!]) shared[i] = 1;
  const sort = placeSorter(ids, reach);
  for (let k = 2; k <= order; k++) {
    let from = 0;
    while (from < place.length) {
      let to = from + 1;
      while (to < place.length && shared[to] === k - 1) to++;
      if (to - from > 1) {
        sort(place, from, to, k - 1);
        for (let i = from + 1; i < to; i++) {
          const [before, here] = [place[i - 1]!, place[i]!];
          const both = reach[before]! >= k && reach[here]! >= k;
          if (both && ids[before + k - 1] === ids[here + k - 1]) shared[i] = k;
        }
      }
      from = to;
    }
  }
  return shared;
}

/** `NgramTrie.levelStart` of the n-grams at sorted places. */
function levelStarts(
  place: Int32Array,
  shared: Uint8Array,
  reach: Uint8Array,
  order: number,
  size: number,
): number[] {
  const sizes = new Float64Array(order + 1);
  for (let i = 0; i < place.length; i++)
    for (let k = Math.max(2, shared[i]! + 1); k <= reach[place[i]!]!; k++) sizes[k]!++;
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

/** Sorts a stretch of places by the token `offset` after each; places whose n-grams end before it come first. */
type PlaceSorter = (places: Int32Array, from: number, to: number, offset: number) => void;

function placeSorter(ids: Int32Array, reach: Uint8Array): PlaceSorter {
  const key = (place: number, offset: number) => (reach[place]! > offset ? ids[place + offset]! : -1);
  let keys = new Float64Array(0);
  return (places, from, to, offset) => {
    if (to - from < insertionSortBelow) {
      for (let i = from + 1; i < to; i++) {
        const place = places[i]!;
        const id = key(place, offset);
        let j = i - 1;
        for (; j >= from && key(places[j]!, offset) > id; j--) places[j + 1] = places[j]!;
        places[j + 1] = place;
      }
      return;
    }
    if (keys.length < to - from) keys = new Float64Array(2 * (to - from));
    for (let i = from; i < to; i++) keys[i - from] = (1 + key(places[i]!, offset)) * placeLimit + places[i]!;
    const sorted = keys.subarray(0, to - from).sort();
    for (let i = from; i < to; i++) places[i] = sorted[i - from]! % placeLimit;
  };
}
