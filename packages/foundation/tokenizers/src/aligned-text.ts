/**
 * A text, perhaps changed, that knows where each of its UTF-16 code units comes from: `start(i)` to `end(i)` in the
 * original. What was inserted comes from an empty place.
 */
export class AlignedText {
  readonly text: string;
  /** Of unit 0 where nothing was changed; otherwise the place of unit 0 in the arrays. */
  readonly #offset: number;
  readonly #starts: Int32Array | undefined;
  readonly #ends: Int32Array | undefined;

  constructor(text: string, offset = 0, starts?: Int32Array, ends?: Int32Array) {
    this.text = text;
    this.#offset = offset;
    this.#starts = starts;
    this.#ends = ends;
  }

  start(unit: number): number {
    return this.#starts ? this.#starts[this.#offset + unit]! : this.#offset + unit;
  }

  end(unit: number): number {
    return this.#ends ? this.#ends[this.#offset + unit]! : this.#offset + unit + 1;
  }

  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.text.length) return this;
    return new AlignedText(this.text.slice(from, to), this.#offset + from, this.#starts, this.#ends);
  }
}

/** Makes a changed text of another, from left to right. */
export class AlignedTextBuilder {
  readonly #source: AlignedText;
  #text = '';
  #length = 0;
  #starts: Int32Array;
  #ends: Int32Array;

  constructor(source: AlignedText) {
    this.#source = source;
    this.#starts = new Int32Array(source.text.length + 16);
    this.#ends = new Int32Array(source.text.length + 16);
  }

  /** Takes part of the source as it is. */
  keep(from: number, to: number): void {
    if (from === to) return;
    this.#text += this.#source.text.slice(from, to);
    this.#reserve(to - from);
    for (let i = from; i < to; i++) {
      this.#starts[this.#length] = this.#source.start(i);
      this.#ends[this.#length++] = this.#source.end(i);
    }
  }

  /** Puts other text in the place of part of the source; all of it comes from that part. */
  replace(from: number, to: number, text: string): void {
    const { text: before } = this.#source;
    let start = 0;
    let end = 0;
    if (from < to) {
      start = this.#source.start(from);
      end = this.#source.end(to - 1);
    } else if (before.length > 0)
      start = end = from < before.length ? this.#source.start(from) : this.#source.end(from - 1);
    this.#text += text;
    this.#reserve(text.length);
    this.#starts.fill(start, this.#length, this.#length + text.length);
    this.#ends.fill(end, this.#length, this.#length + text.length);
    this.#length += text.length;
  }

  finish(): AlignedText {
    return this.#text === this.#source.text
      ? this.#source
      : new AlignedText(this.#text, 0, this.#starts, this.#ends);
  }

  #reserve(units: number): void {
    if (this.#length + units <= this.#starts.length) return;
    const capacity = 2 * (this.#length + units);
    const [starts, ends] = [new Int32Array(capacity), new Int32Array(capacity)];
    starts.set(this.#starts);
    ends.set(this.#ends);
    [this.#starts, this.#ends] = [starts, ends];
  }
}
