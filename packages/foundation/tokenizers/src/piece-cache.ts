import { TokenList } from './token-list.ts';

const mostPieces = 1 << 16;
const mostUnits = 1 << 20;
const mostTokens = 1 << 18;
const longestPiece = 96;

/**
 * Remembers the tokens of short pieces of text, such as words, which come again and again. A look-up compares code
 * units in place, so that it makes no strings. It holds 65,536 pieces, 8 MB, at most, and begins anew when it is full.
 */
export class PieceCache {
  /** Entry + 1 by hash; 0 is free. */
  #table = new Int32Array(1024);
  #entries = 0;
  #hashes = new Int32Array(512);
  /** Entry n has the units from n to n + 1, and the tokens likewise. */
  #unitStarts = new Int32Array(513);
  #tokenStarts = new Int32Array(513);
  #units = new Uint16Array(4096);
  readonly tokens: TokenList = new TokenList(1024);

  /** Adds the tokens of `text` from `start` to `end`, if they are known, to `found`, moved by `offset`. */
  copyTo(found: TokenList, text: string, start: number, end: number, offset: number): boolean {
    const length = end - start;
    if (length > longestPiece) return false;
    const hash = hashOf(text, start, end);
    const mask = this.#table.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = this.#table[slot]! - 1;
      if (entry < 0) return false;
      if (this.#hashes[entry] !== hash) continue;
      let unit = this.#unitStarts[entry]!;
      if (this.#unitStarts[entry + 1]! - unit !== length) continue;
      let i = start;
      while (i < end && text.charCodeAt(i) === this.#units[unit]!) {
        i++;
        unit++;
      }
      if (i < end) continue;
      const from = this.#tokenStarts[entry]!;
      const to = this.#tokenStarts[entry + 1]!;
      if (to === from + 1) {
        found.push(
          this.tokens.ids[from]!,
          this.tokens.starts[from]! + offset,
          this.tokens.ends[from]! + offset,
        );
      } else found.pushFrom(this.tokens, from, to, offset);
      return true;
    }
  }

  /** Remembers the tokens of a piece that is not known: those of `found` from `from` on, whose places count from `offset`. */
  add(found: TokenList, from: number, text: string, start: number, end: number, offset: number): void {
    if (end - start > longestPiece) return;
    const entry = this.#room(end - start);
    const hash = hashOf(text, start, end);
    let unit = this.#unitStarts[entry]!;
    for (let i = start; i < end; i++) this.#units[unit++] = text.charCodeAt(i);
    this.tokens.pushFrom(found, from, found.length, -offset);
    this.#hashes[entry] = hash;
    this.#unitStarts[entry + 1] = unit;
    this.#tokenStarts[entry + 1] = this.tokens.length;
    this.#place(entry);
  }

  #place(entry: number): void {
    const mask = this.#table.length - 1;
    let slot = this.#hashes[entry]! & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = entry + 1;
  }

  #room(units: number): number {
    const used = this.#unitStarts[this.#entries]!;
    if (this.#entries === mostPieces || used + units > mostUnits || this.tokens.length > mostTokens) {
      this.#entries = 0;
      this.tokens.length = 0;
      this.#table.fill(0);
    } else if (this.#entries === this.#hashes.length) {
      const entries = 2 * this.#entries;
      this.#hashes = grown(this.#hashes, entries);
      this.#unitStarts = grown(this.#unitStarts, entries + 1);
      this.#tokenStarts = grown(this.#tokenStarts, entries + 1);
      this.#table = new Int32Array(2 * this.#table.length);
      for (let entry = 0; entry < this.#entries; entry++) this.#place(entry);
    }
    while (this.#unitStarts[this.#entries]! + units > this.#units.length) {
      const units = new Uint16Array(2 * this.#units.length);
      units.set(this.#units);
      this.#units = units;
    }
    return this.#entries++;
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(length);
  copy.set(array);
  return copy;
}

function hashOf(text: string, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
