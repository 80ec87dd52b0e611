import { MinHeap } from '../min-heap.ts';
import type { PairTable } from '../pair-table.ts';

/** A heap key is rank · 2³² + place, and has to stay below 2⁵³. */
const placeCount = 2 ** 32;

export type Dropout = { rate: number; random: () => number };

/**
 * A stretch of a piece's symbols, merged as if it stood alone: again and again the pair of the lowest rank, the
 * leftmost of equal ones, until none is left. The cost is n log n. Its memory serves the next stretch too.
 */
export class MergedStretch {
  /** Where it begins and ends among the piece's symbols. */
  from = 0;
  to = 0;
  /** What begins at each place of the stretch, and where the next begins; of no meaning inside what was merged. */
  #symbols = new Int32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  /** Of the pair that begins here, its place in the table, or −1: tells stale entries of the heap. */
  #places = new Int32Array(0);
  readonly #heap = new MinHeap();

  merge(pairs: PairTable, piece: Int32Array, from: number, to: number, dropout?: Dropout): void {
    const length = to - from;
    [this.from, this.to] = [from, to];
    if (length > this.#symbols.length) {
      this.#symbols = new Int32Array(length);
      this.#next = new Int32Array(length);
      this.#previous = new Int32Array(length);
      this.#places = new Int32Array(length);
    }
    const { slots } = pairs;
    const symbols = this.#symbols;
    const next = this.#next;
    const previous = this.#previous;
    const places = this.#places;
    const heap = this.#heap;
    const consider = (i: number) => {
      const right = next[i]!;
      const at = right < length ? pairs.find(symbols[i]!, symbols[right]!) : -1;
      places[i] = at;
      if (at >= 0) heap.push(slots[at + 2]! * placeCount + i);
    };
    for (let i = 0; i < length; i++) {
      symbols[i] = piece[from + i]!;
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    for (let i = 0; i < length; i++) consider(i);
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
  }

  /** The token that begins at a place of the piece. */
  symbolAt(place: number): number {
    return this.#symbols[place - this.from]!;
  }

  /** Where the token ends that begins at a place of the piece. */
  endOf(place: number): number {
    return this.from + this.#next[place - this.from]!;
  }

  /** Where the first token begins that begins at a place of the piece or after it; `to` if none does. */
  seamAfter(place: number): number {
    let at = this.from;
    while (at < place) at = this.endOf(at);
    return at;
  }
}
