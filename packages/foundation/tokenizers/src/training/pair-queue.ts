/** Pairs by count, the most frequent first; of equal ones that with the smaller ids, so that training is deterministic. */
export class PairQueue {
  readonly #counts: number[] = [];
  readonly #pairs: number[] = [];
  readonly #before: (pair: number, other: number) => boolean;

  /** @param before  orders pairs of equal counts */
  constructor(before: (pair: number, other: number) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#pairs.length;
  }

  push(pair: number, count: number): void {
    let at = this.#pairs.length;
    this.#pairs.push(pair);
    this.#counts.push(count);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#precedes(count, pair, parent)) break;
      this.#pairs[at] = this.#pairs[parent]!;
      this.#counts[at] = this.#counts[parent]!;
      at = parent;
    }
    this.#pairs[at] = pair;
    this.#counts[at] = count;
  }

  /** Takes the first away. There must be one. */
  pop(): { pair: number; count: number } {
    const first = { pair: this.#pairs[0]!, count: this.#counts[0]! };
    const pair = this.#pairs.pop()!;
    const count = this.#counts.pop()!;
    const size = this.#pairs.length;
    if (size === 0) return first;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && this.#precedes(this.#counts[child + 1]!, this.#pairs[child + 1]!, child))
        child++;
      if (this.#precedes(count, pair, child)) break;
      this.#pairs[at] = this.#pairs[child]!;
      this.#counts[at] = this.#counts[child]!;
      at = child;
    }
    this.#pairs[at] = pair;
    this.#counts[at] = count;
    return first;
  }

  #precedes(count: number, pair: number, place: number): boolean {
    const other = this.#counts[place]!;
    return count === other ? this.#before(pair, this.#pairs[place]!) : count > other;
  }
}
