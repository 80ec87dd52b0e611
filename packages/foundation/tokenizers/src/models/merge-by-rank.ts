import type { PairTable } from '../pair-table.ts';

const none = -1;

/** Places in a long piece, gathered by the rank of the pair that begins there. From one piece to the next all of it is empty. */
export class RankBuckets {
  /** The last entry of each rank. */
  readonly #last: Int32Array;
  /** A bit for each rank that has entries. */
  readonly #occupied: Int32Array;
  /** Of each entry its place, and the entry before it of the same rank. What is taken is used again: few caches hold it all. */
  #entries = new Int32Array(0);
  #size = 0;
  #free = none;

  constructor(ranks: number) {
    this.#last = new Int32Array(ranks).fill(none);
    this.#occupied = new Int32Array(Math.ceil(ranks / 32));
  }

  push(rank: number, place: number): void {
    let entry = this.#free;
    if (entry !== none) this.#free = this.#entries[entry + 1]!;
    else {
      entry = this.#size;
      this.#size += 2;
      if (entry === this.#entries.length) {
        const grown = new Int32Array(Math.max(1024, 2 * entry));
        grown.set(this.#entries);
        this.#entries = grown;
      }
    }
    this.#entries[entry] = place;
    this.#entries[entry + 1] = this.#last[rank]!;
    this.#last[rank] = entry;
    this.#occupied[rank >>> 5]! |= 1 << (rank & 31);
  }

  /** The lowest rank that has entries, where none below `from` has; −1 when all is empty. */
  lowest(from: number): number {
    const occupied = this.#occupied;
    for (let word = from >>> 5; word < occupied.length; word++) {
      const bits = occupied[word]!;
      if (bits !== 0) return 32 * word + 31 - Math.clz32(bits & -bits);
    }
    return none;
  }

  /** Empties a rank: its places, the first that was pushed first. */
  take(rank: number): Int32Array {
    const entries = this.#entries;
    let count = 0;
    let first = this.#last[rank]!;
    for (let entry = first; entry !== none; entry = entries[entry + 1]!) {
      first = entry;
      count++;
    }
    const places = new Int32Array(count);
    for (let entry = this.#last[rank]!; entry !== none; entry = entries[entry + 1]!)
      places[--count] = entries[entry]!;
    entries[first + 1] = this.#free;
    this.#free = this.#last[rank]!;
    this.#last[rank] = none;
    this.#occupied[rank >>> 5]! &= ~(1 << (rank & 31));
    return places;
  }

  /** Forgets the entries, when all were taken; what a very long piece needed is given back. */
  clear(): void {
    this.#size = 0;
    this.#free = none;
    if (this.#entries.length > 2 ** 20) this.#entries = new Int32Array(0);
  }
}

/**
 * Merges the symbols from one place to another, rank by rank: the same as the pair of the lowest rank, the leftmost of equal ones,
 * again and again, where every pair ranks after the merges that make its parts. A merge then makes pairs of higher ranks only, and
 * pairs of one rank are of the same two tokens: they overlap, and their order matters, only where these two are one. The cost is
 * linear.
 *
 * @param pairs      rank and merged token of each pair
 * @param pairOfRank where each rank's pair stands in `pairs`
 * @param starts     where each symbol begins; those that remain keep theirs
 * @returns where the symbols end that remain
 */
export function mergeByRank(
  pairs: PairTable,
  pairOfRank: Int32Array,
  buckets: RankBuckets,
  symbols: Int32Array,
  starts: Int32Array,
  from: number,
  to: number,
): number {
  const { slots } = pairs;
  /** How many symbols a token was made of, at the first and at the last of their places. */
  const spans = new Int32Array(to - from).fill(1);
  const consider = (i: number, right: number) => {
    const pair = pairs.find(symbols[i]!, symbols[right]!);
    if (pair !== none) buckets.push(slots[pair + 2]!, i);
  };
  for (let i = from; i + 1 < to; i++) consider(i, i + 1);
  for (let rank = buckets.lowest(0); rank !== none; rank = buckets.lowest(rank)) {
    const pair = pairOfRank[rank]!;
    const left = slots[pair]!;
    const right = slots[pair + 1]!;
    const merged = slots[pair + 3]!;
    const places = buckets.take(rank);
    if (left === right) places.sort();
    for (const i of places) {
      // One of the two may be in another token by now.
      if (symbols[i] !== left) continue;
      const middle = i + spans[i - from]!;
      if (middle >= to || symbols[middle] !== right) continue;
      const end = middle + spans[middle - from]!;
      symbols[middle] = none;
      symbols[i] = merged;
      spans[i - from] = spans[end - 1 - from] = end - i;
      if (end < to) consider(i, end);
      if (i > from) consider(i - spans[i - 1 - from]!, i);
    }
  }
  buckets.clear();
  let kept = from;
  for (let i = from; i < to; i += spans[i - from]!) {
    symbols[kept] = symbols[i]!;
    starts[kept++] = starts[i]!;
  }
  return kept;
}
