import { MinHeap } from '../min-heap.ts';
import { PairTable } from '../pair-table.ts';
import { mergeByRank } from './merge-by-rank.ts';
import { type RankedMerges, rankedMerges } from './ranked-merges.ts';

/** Up to this, looking at all pairs again after every merge is quickest. */
const shortLength = 40;
/** A heap key is rank · 2³² + place, and has to stay below 2⁵³. */
const placeCount = 2 ** 32;

export type Merge = { left: number; right: number; merged: number };

/** Applies the merges of byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909). */
export class Merges {
  /** Rank and merged token of each pair. */
  readonly #pairs: PairTable;
  /** What long pieces need; undefined where the merges are in another order than training gives them. */
  readonly #ranked: RankedMerges | undefined;
  #ranks = new Int32Array(shortLength);

  constructor(merges: readonly Merge[]) {
    this.#pairs = new PairTable(merges.length);
    merges.forEach(({ left, right, merged }, rank) => {
      const at = this.#pairs.add(left, right);
      this.#pairs.slots[at + 2] = rank;
      this.#pairs.slots[at + 3] = merged;
    });
    this.#ranked = rankedMerges(merges, this.#pairs);
  }

  /**
   * Merges symbols in place: again and again the pair of the lowest rank, the leftmost of equal ones, until none is
   * left. The cost is linear for merges in the order of training, without dropout; else n log n.
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
    if (length <= shortLength) return this.#short(symbols, starts, 0, length);
    return this.#ranked ? this.#parts(symbols, starts, length) : this.#long(symbols, starts, length);
  }

  /** Cuts where no token can lie across: what is between two cuts is merged by itself, and fits the caches. */
  #parts(symbols: Int32Array, starts: Int32Array, length: number): number {
    const { joints, made, pairOfRank, buckets } = this.#ranked!;
    let kept = 0;
    for (let from = 0, to = 1; to <= length; to++) {
      if (to < length) {
        const left = symbols[to - 1]!;
        const right = symbols[to]!;
        if (joints.find(left, right) >= 0 || made.has(left) || made.has(right)) continue;
      }
      const end =
        to - from <= shortLength
          ? this.#short(symbols, starts, from, to)
          : mergeByRank(this.#pairs, pairOfRank, buckets, symbols, starts, from, to);
      for (; from < end; from++, kept++) {
        symbols[kept] = symbols[from]!;
        starts[kept] = starts[from]!;
      }
      from = to;
    }
    return kept;
  }

  /** Merges the symbols from one place to another, and returns where those end that remain. */
  #short(symbols: Int32Array, starts: Int32Array, from: number, to: number): number {
    const { slots } = this.#pairs;
    const places = this.#ranks;
    const none = Number.MAX_SAFE_INTEGER;
    let end = to;
    let best = -1;
    let bestRank = none;
    for (let i = from; i + 1 < end; i++) {
      const at = this.#pairs.find(symbols[i]!, symbols[i + 1]!);
      places[i - from] = at;
      if (at >= 0 && slots[at + 2]! < bestRank) {
        bestRank = slots[at + 2]!;
        best = i;
      }
    }
    while (best >= 0) {
      symbols[best] = slots[places[best - from]! + 3]!;
      end--;
      for (let i = best + 1; i < end; i++) {
        symbols[i] = symbols[i + 1]!;
        starts[i] = starts[i + 1]!;
        places[i - 1 - from] = places[i - from]!;
      }
      if (best > from) places[best - 1 - from] = this.#pairs.find(symbols[best - 1]!, symbols[best]!);
      if (best + 1 < end) places[best - from] = this.#pairs.find(symbols[best]!, symbols[best + 1]!);
      best = -1;
      bestRank = none;
      for (let i = from; i + 1 < end; i++) {
        const at = places[i - from]!;
        if (at >= 0 && slots[at + 2]! < bestRank) {
          bestRank = slots[at + 2]!;
          best = i;
        }
      }
    }
    return end;
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
