import { MinHeap } from '../min-heap.ts';
import { PairTable } from '../pair-table.ts';

/** Longer than this, a heap pays. */
const shortLength = 40;
/** A heap key is rank · 2³² + place, and has to stay below 2⁵³. */
const placeCount = 2 ** 32;

export type Merge = { left: number; right: number; merged: number };

/** Applies the merges of byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909). */
export class Merges {
  /** Rank and merged token of each pair. */
  readonly #pairs: PairTable;
  #ranks = new Int32Array(shortLength);

  constructor(merges: readonly Merge[]) {
    this.#pairs = new PairTable(merges.length);
    merges.forEach(({ left, right, merged }, rank) => {
      const at = this.#pairs.add(left, right);
      this.#pairs.slots[at + 2] = rank;
      this.#pairs.slots[at + 3] = merged;
    });
  }

  /**
   * Merges symbols in place: again and again the pair of the lowest rank, the leftmost of equal ones, until none is
   * left. The cost is n log n.
   *
   * @param symbols  token ids
   * @param starts   where each symbol begins; those that remain keep theirs
   * @param dropout  leaves a merge out, for a while, with this probability (Provilkov et al. 2020,
   *   https://arxiv.org/abs/1910.13267)
   * @returns how many symbols remain
   */
  apply(
    symbols: Int32Array,
    starts: Int32Array,
    length: number,
    dropout?: { rate: number; random: () => number },
  ): number {
    if (length < 2) return length;
    if (dropout && dropout.rate > 0) return this.#long(symbols, starts, length, dropout);
    return length <= shortLength ? this.#short(symbols, starts, length) : this.#long(symbols, starts, length);
  }

  #short(symbols: Int32Array, starts: Int32Array, length: number): number {
    const { slots } = this.#pairs;
    const places = this.#ranks;
    const none = Number.MAX_SAFE_INTEGER;
    let best = -1;
    let bestRank = none;
    for (let i = 0; i + 1 < length; i++) {
      const at = this.#pairs.find(symbols[i]!, symbols[i + 1]!);
      places[i] = at;
      if (at >= 0 && slots[at + 2]! < bestRank) {
        bestRank = slots[at + 2]!;
        best = i;
      }
    }
    while (best >= 0) {
      symbols[best] = slots[places[best]! + 3]!;
      length--;
      for (let i = best + 1; i < length; i++) {
        symbols[i] = symbols[i + 1]!;
        starts[i] = starts[i + 1]!;
        places[i - 1] = places[i]!;
      }
      if (best > 0) places[best - 1] = this.#pairs.find(symbols[best - 1]!, symbols[best]!);
      if (best + 1 < length) places[best] = this.#pairs.find(symbols[best]!, symbols[best + 1]!);
      best = -1;
      bestRank = none;
      for (let i = 0; i + 1 < length; i++) {
        const at = places[i]!;
        if (at >= 0 && slots[at + 2]! < bestRank) {
          bestRank = slots[at + 2]!;
          best = i;
        }
      }
    }
    return length;
  }

  #long(
    symbols: Int32Array,
    starts: Int32Array,
    length: number,
    dropout?: { rate: number; random: () => number },
  ): number {
    const { slots } = this.#pairs;
    const next = Int32Array.from({ length }, (_, i) => i + 1);
    const previous = Int32Array.from({ length }, (_, i) => i - 1);
    /** Of the pair that begins here, or −1: tells stale entries of the heap. */
    const places = new Int32Array(length).fill(-1);
    const heap = new MinHeap(length);
    const consider = (i: number) => {
      const right = next[i]!;
      const at = right < length ? this.#pairs.find(symbols[i]!, symbols[right]!) : -1;
      places[i] = at;
      if (at >= 0) heap.push(slots[at + 2]! * placeCount + i);
    };
    for (let i = 0; i + 1 < length; i++) consider(i);
    let dropped: number[] = [];
    while (heap.size > 0) {
      const key = heap.pop();
      const i = key % placeCount;
      const at = places[i]!;
      if (at < 0 || slots[at + 2] !== Math.floor(key / placeCount)) continue;
      if (dropout && dropout.random() < dropout.rate) {
        dropped.push(key);
        continue;
      }
      for (const other of dropped) heap.push(other);
      if (dropped.length > 0) dropped = [];
      const right = next[i]!;
      symbols[i] = slots[at + 3]!;
      places[right] = -1;
      const after = next[right]!;
      next[i] = after;
      if (after < length) previous[after] = i;
      consider(i);
      if (previous[i]! >= 0) consider(previous[i]!);
    }
    let kept = 0;
    for (let i = 0; i < length; i = next[i]!) {
      symbols[kept] = symbols[i]!;
      starts[kept++] = starts[i]!;
    }
    return kept;
  }
}
