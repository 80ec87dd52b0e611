/** Tokens as they are found: growing arrays of their ids and of where they begin and end, in UTF-16 code units. */
export class TokenList {
  ids: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  /** Which piece of the text each belongs to. */
  words: Int32Array;
  length = 0;
  /** The piece that tokens are added for now. */
  word = 0;

  constructor(capacity = 64) {
    this.ids = new Int32Array(capacity);
    this.starts = new Int32Array(capacity);
    this.ends = new Int32Array(capacity);
    this.words = new Int32Array(capacity);
  }

  push(id: number, start: number, end: number): void {
    if (this.length === this.ids.length) this.#grow(2 * this.length);
    const at = this.length++;
    this.ids[at] = id;
    this.starts[at] = start;
    this.ends[at] = end;
    this.words[at] = this.word;
  }

  /** Adds some of another list's tokens, moved by `offset`. */
  pushFrom(other: TokenList, from: number, to: number, offset: number): void {
    const length = this.length + to - from;
    if (length > this.ids.length) this.#grow(Math.max(length, 2 * this.length));
    let at = this.length;
    for (let i = from; i < to; i++, at++) {
      this.ids[at] = other.ids[i]!;
      this.starts[at] = other.starts[i]! + offset;
      this.ends[at] = other.ends[i]! + offset;
      this.words[at] = this.word;
    }
    this.length = length;
  }

  /** A copy of the ids. */
  toIds(): Int32Array {
    return this.ids.slice(0, this.length);
  }

  #grow(capacity: number): void {
    for (const name of ['ids', 'starts', 'ends', 'words'] as const) {
      const grown = new Int32Array(Math.max(16, capacity));
      grown.set(this[name]);
      this[name] = grown;
    }
  }
}
