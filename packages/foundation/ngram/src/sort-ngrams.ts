import type { TokenIds } from './token-ids.ts';

/** N-grams in the order of their tokens. */
export interface SortedNgrams {
  /** [n-grams] tokens of each: up to the order, and not over the end of a sentence */
  longest: Uint8Array;
  /** [n-grams] how many of them, from the first, are those of the n-gram before */
  shared: Uint8Array;
  /** The tokens that are not shared, one n-gram after the other, without the first tokens of all; then nothing of use */
  fresh: Int32Array;
}

/** Sorting packs token and member into one float64: (1 + token) · memberLimit + member < 2⁵³. */
const memberLimit = 2 ** 22;
const insertionSortBelow = 24;

/**
 * The n-grams that start at places of a text, shorter ones first. What is behind a place is fetched once, into rows that
 * stay in the caches while the n-grams of one first token are sorted, and goes from there to where it is read in order.
 *
 * @param place  sorted by their first token
 */
export function sortNgrams(place: Int32Array, ids: Int32Array, order: number, ends: TokenIds): SortedNgrams {
  const width = order - 1;
  const longest = new Uint8Array(place.length);
  const shared = new Uint8Array(place.length);
  const fresh = new Int32Array(place.length * width);
  let written = 0;
  let rows = new Int32Array(0);
  let members = new Int32Array(0);
  for (let from = 0, to = 0; from < place.length; from = to) {
    const first = ids[place[from]!];
    for (to = from + 1; to < place.length && ids[place[to]!] === first; ) to++;
    const size = to - from;
    if (members.length < size) {
      rows = new Int32Array(2 * size * width);
      members = new Int32Array(2 * size);
    }
    fetchRows(rows, place.subarray(from, to), ids, width, ends);
    for (let i = 0; i < size; i++) members[i] = i;
    if (width > 0) sortMembers(members.subarray(0, size), rows, width);
    for (let i = 0; i < size; i++) {
      const row = members[i]! * width;
      const before = i === 0 ? row : members[i - 1]! * width;
      let length = 0;
      while (length < width && rows[row + length]! >= 0) length++;
      let same = 0;
      if (i > 0) while (same < length && rows[row + same] === rows[before + same]) same++;
      longest[from + i] = 1 + length;
      shared[from + i] = i === 0 ? 0 : 1 + same;
      for (let k = same; k < length; k++) fresh[written++] = rows[row + k]!;
    }
  }
  return { longest, shared, fresh };
}

/** The tokens behind each place, -1 from the end of the sentence on: [places, width]. */
function fetchRows(
  rows: Int32Array,
  places: Int32Array,
  ids: Int32Array,
  width: number,
  { begin = -1, end = -1 }: TokenIds,
): void {
  for (let i = 0, row = 0; i < places.length; i++, row += width) {
    let at = places[i]!;
    let k = 0;
    for (; k < width && at + 1 < ids.length && ids[at] !== end && ids[at + 1] !== begin; k++)
      rows[row + k] = ids[++at]!;
    for (; k < width; k++) rows[row + k] = -1;
  }
}

/** Sorts numbers of rows by what is in the rows. */
function sortMembers(members: Int32Array, rows: Int32Array, width: number): void {
  const keys = new Float64Array(members.length < insertionSortBelow ? 0 : members.length);

  const isBehind = (a: number, b: number, column: number): boolean => {
    for (let k = column; k < width; k++) {
      const difference = rows[a * width + k]! - rows[b * width + k]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  };

  /** Members of a stretch have the same tokens before `column`. */
  const sort = (from: number, to: number, column: number): void => {
    if (to - from < insertionSortBelow) {
      for (let i = from + 1; i < to; i++) {
        const member = members[i]!;
        let j = i - 1;
        for (; j >= from && isBehind(members[j]!, member, column); j--) members[j + 1] = members[j]!;
        members[j + 1] = member;
      }
      return;
    }
    for (let i = from; i < to; i++)
      keys[i] = (1 + rows[members[i]! * width + column]!) * memberLimit + members[i]!;
    keys.subarray(from, to).sort();
    for (let i = from; i < to; i++) members[i] = keys[i]! % memberLimit;
    if (column + 1 === width) return;
    for (let start = from, stop = from; start < to; start = stop) {
      const token = rows[members[start]! * width + column];
      while (stop < to && rows[members[stop]! * width + column] === token) stop++;
      if (stop - start > 1) sort(start, stop, column + 1);
    }
  };

  sort(0, members.length, 0);
}
