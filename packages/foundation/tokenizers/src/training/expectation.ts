import { logSumExp } from '../models/lattice.ts';
import { Trie } from '../trie.ts';

/** Far below any log probability that is met: an unknown character between known ones. */
const unknownLogProb = -100;

/** Pieces under training, and what counted texts say about them. */
export class Expectation {
  readonly #pieces: readonly string[];
  readonly #trie: Trie;
  // The arcs of one text.
  #starts = new Int32Array(1024);
  #ends = new Int32Array(1024);
  #ids = new Int32Array(1024);
  #arcs = 0;
  #forward = new Float64Array(256);
  #backward = new Float64Array(256);
  #bestStart = new Int32Array(256);
  #bestId = new Int32Array(256);

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
    this.#trie = new Trie(8 * pieces.length);
    pieces.forEach((piece, id) => void this.#trie.add(piece, id));
  }

  /**
   * Adds to `expected` how often each piece is expected in a text that comes so many times, by the forward-backward
   * algorithm over all its segmentations.
   */
  addExpected(text: string, times: number, logProbs: Float64Array, expected: Float64Array): void {
    this.#collect(text, logProbs);
    const { length } = text;
    const [forward, backward] = [this.#forward, this.#backward];
    forward.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    backward.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    forward[0] = backward[length] = 0;
    for (let arc = 0; arc < this.#arcs; arc++) {
      const [start, end] = [this.#starts[arc]!, this.#ends[arc]!];
      forward[end] = logSumExp(forward[end]!, forward[start]! + this.#logProb(arc, logProbs));
    }
    for (let arc = this.#arcs - 1; arc >= 0; arc--) {
      const [start, end] = [this.#starts[arc]!, this.#ends[arc]!];
      backward[start] = logSumExp(backward[start]!, backward[end]! + this.#logProb(arc, logProbs));
    }
    const total = forward[length]!;
    for (let arc = 0; arc < this.#arcs; arc++) {
      const id = this.#ids[arc]!;
      if (id < 0) continue;
      const path = forward[this.#starts[arc]!]! + logProbs[id]! + backward[this.#ends[arc]!]! - total;
      expected[id]! += times * Math.exp(path);
    }
  }

  /**
   * The likeliest segmentation of a text; unknown characters are −1.
   * @param without  a piece that may not be used
   */
  best(text: string, logProbs: Float64Array, without = -1): { ids: number[]; logProb: number } {
    this.#collect(text, logProbs);
    const { length } = text;
    const forward = this.#forward;
    forward.fill(Number.NEGATIVE_INFINITY, 0, length + 1);
    forward[0] = 0;
    for (let arc = 0; arc < this.#arcs; arc++) {
      const id = this.#ids[arc]!;
      if (id === without && id >= 0) continue;
      const end = this.#ends[arc]!;
      const logProb = forward[this.#starts[arc]!]! + this.#logProb(arc, logProbs);
      if (logProb <= forward[end]!) continue;
      forward[end] = logProb;
      this.#bestStart[end] = this.#starts[arc]!;
      this.#bestId[end] = id;
    }
    const ids: number[] = [];
    if (forward[length]! > Number.NEGATIVE_INFINITY) {
      for (let at = length; at > 0; at = this.#bestStart[at]!) ids.push(this.#bestId[at]!);
    }
    return { ids: ids.reverse(), logProb: forward[length]! };
  }

  get pieces(): readonly string[] {
    return this.#pieces;
  }

  #logProb(arc: number, logProbs: Float64Array): number {
    const id = this.#ids[arc]!;
    return id < 0 ? unknownLogProb : logProbs[id]!;
  }

  #collect(text: string, logProbs: Float64Array): void {
    const { length } = text;
    if (this.#forward.length <= length) {
      const capacity = 2 * length + 2;
      [this.#forward, this.#backward] = [new Float64Array(capacity), new Float64Array(capacity)];
      [this.#bestStart, this.#bestId] = [new Int32Array(capacity), new Int32Array(capacity)];
    }
    this.#arcs = 0;
    for (let start = 0; start < length; ) {
      const width = text.codePointAt(start)! > 0xffff ? 2 : 1;
      let single = false;
      let node = 0;
      for (let i = start; i < length; i++) {
        node = this.#trie.next(node, text.charCodeAt(i));
        if (node < 0) break;
        const id = this.#trie.value(node);
        if (id < 0 || logProbs[id] === Number.NEGATIVE_INFINITY) continue;
        this.#add(start, i + 1, id);
        single ||= i + 1 === start + width;
      }
      if (!single) this.#add(start, start + width, -1);
      start += width;
    }
  }

  #add(start: number, end: number, id: number): void {
    if (this.#arcs === this.#starts.length) {
      const double = (array: Int32Array) => {
        const grown = new Int32Array(2 * array.length);
        grown.set(array);
        return grown;
      };
      [this.#starts, this.#ends, this.#ids] = [double(this.#starts), double(this.#ends), double(this.#ids)];
    }
    this.#starts[this.#arcs] = start;
    this.#ends[this.#arcs] = end;
    this.#ids[this.#arcs++] = id;
  }
}
