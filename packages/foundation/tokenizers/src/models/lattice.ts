import { MinHeap } from '../min-heap.ts';

/** All ways to cut a piece into tokens: arcs between its code units. */
export class Lattice {
  /** For each arc: where it begins and ends, its token, its log probability. Sorted by where it ends. */
  readonly #arcs: { start: number; end: number; id: number; logProb: number }[] = [];
  readonly #endingAt: number[][];
  readonly #end: number;

  constructor(length: number) {
    this.#end = length;
    this.#endingAt = Array.from({ length: length + 1 }, () => []);
  }

  /** Arcs come in the order in which they begin. */
  add(start: number, end: number, id: number, logProb: number): void {
    this.#endingAt[end]!.push(this.#arcs.push({ start, end, id, logProb }) - 1);
  }

  /** The n likeliest ways, the likeliest first, by A* from the end with the exact forward scores as its guess. */
  nBest(n: number): { arcs: readonly Arc[]; logProb: number }[] {
    const best = this.#forward(Math.max);
    const found: { arcs: readonly Arc[]; logProb: number }[] = [];
    type Way = { at: number; logProb: number; arc?: Arc; rest?: Way };
    const ways: Way[] = [{ at: this.#end, logProb: 0 }];
    const heap = new KeyedHeap();
    heap.push(-best[this.#end]!, 0);
    // No place needs more than its n best ends: without this, ways that are nearly alike would be legion.
    const followed = new Int32Array(this.#end + 1);
    while (heap.size > 0 && found.length < n) {
      const way = ways[heap.pop()]!;
      if (++followed[way.at]! > n) continue;
      if (way.at === 0) {
        const arcs: Arc[] = [];
        for (let part: Way | undefined = way; part?.arc; part = part.rest) arcs.push(part.arc);
        found.push({ arcs, logProb: way.logProb });
        continue;
      }
      for (const index of this.#endingAt[way.at]!) {
        const arc = this.#arcs[index]!;
        const logProb = way.logProb + arc.logProb;
        const guess = best[arc.start]! + logProb;
        if (guess === Number.NEGATIVE_INFINITY) continue;
        ways.push({ at: arc.start, logProb, arc, rest: way });
        heap.push(-guess, ways.length - 1);
      }
    }
    return found;
  }

  /**
   * One way at random, with probability in proportion to its own to the power alpha: forward filtering, backward
   * sampling (Kudo 2018, https://arxiv.org/abs/1804.10959).
   */
  sample(alpha: number, random: () => number): readonly Arc[] {
    const sums = this.#forward(logSumExp, alpha);
    const arcs: Arc[] = [];
    for (let at = this.#end; at > 0; ) {
      let left = random();
      const candidates = this.#endingAt[at]!.map((index) => this.#arcs[index]!).filter(
        ({ start }) => sums[start]! > Number.NEGATIVE_INFINITY,
      );
      let chosen = candidates.at(-1)!;
      for (const arc of candidates) {
        left -= Math.exp(sums[arc.start]! + alpha * arc.logProb - sums[at]!);
        if (left < 0) {
          chosen = arc;
          break;
        }
      }
      arcs.push(chosen);
      at = chosen.start;
    }
    return arcs.reverse();
  }

  #forward(combine: (a: number, b: number) => number, alpha = 1): Float64Array {
    const scores = new Float64Array(this.#end + 1).fill(Number.NEGATIVE_INFINITY);
    scores[0] = 0;
    for (let at = 1; at <= this.#end; at++) {
      for (const index of this.#endingAt[at]!) {
        const { start, logProb } = this.#arcs[index]!;
        scores[at] = combine(scores[at]!, scores[start]! + alpha * logProb);
      }
    }
    return scores;
  }
}

export type Arc = { start: number; end: number; id: number; logProb: number };

/** ln(eᵃ + eᵇ) */
export function logSumExp(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log1p(Math.exp(Math.min(a, b) - high));
}

/** A heap of items by key; equal keys in any, but always the same, order. */
class KeyedHeap {
  readonly #keys = new MinHeap();
  readonly #items = new Map<number, number[]>();

  get size(): number {
    return this.#keys.size;
  }

  push(key: number, item: number): void {
    const items = this.#items.get(key);
    if (items) items.push(item);
    else {
      this.#items.set(key, [item]);
      this.#keys.push(key);
    }
  }

  pop(): number {
    const key = this.#keys.pop();
    const items = this.#items.get(key)!;
    const item = items.pop()!;
    if (items.length > 0) this.#keys.push(key);
    else this.#items.delete(key);
    return item;
  }
}
