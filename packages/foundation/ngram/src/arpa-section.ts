/** Thrown for text that is not an ARPA file; the message starts with the line. */
export class ArpaError extends Error {
  override name = 'ArpaError';
  /** Counted from 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** The n-grams of one order as an ARPA file gives them: in any order, one per line, some without a back-off. */
export class ArpaSection {
  readonly order: number;
  readonly #firstLine: number;
  readonly #parent = new Column(Int32Array);
  readonly #token = new Column(Int32Array);
  readonly #logProb = new Column(Float32Array);
  readonly #logBackoff = new Column(Float32Array);

  constructor(order: number, firstLine: number) {
    this.order = order;
    this.#firstLine = firstLine;
  }

  get size(): number {
    return this.#token.size;
  }

  get parent(): Int32Array {
    return this.#parent.values();
  }

  get token(): Int32Array {
    return this.#token.values();
  }

  /** @param logBackoff  NaN if the line has none */
  add(parent: number, token: number, logProb: number, logBackoff: number): void {
    this.#parent.push(parent);
    this.#token.push(token);
    this.#logProb.push(logProb);
    this.#logBackoff.push(logBackoff);
  }

  /**
   * The numbers at their n-grams' sorted places.
   *
   * @param rank  [size] the place of each n-gram
   * @throws ArpaError if two lines have one n-gram
   */
  sorted(rank: Int32Array, places: number): SortedSection {
    const logProb = new Float32Array(places).fill(Number.NaN);
    const logBackoff = new Float32Array(places).fill(Number.NaN);
    const [logProbs, logBackoffs] = [this.#logProb.values(), this.#logBackoff.values()];
    for (let i = 0; i < rank.length; i++) {
      const place = rank[i]!;
      if (!Number.isNaN(logProb[place]!)) {
        const before = this.#firstLine + rank.indexOf(place);
        throw new ArpaError(this.#firstLine + i, `this ${this.order}-gram was in line ${before} already.`);
      }
      logProb[place] = logProbs[i]!;
      logBackoff[place] = logBackoffs[i]!;
    }
    return { logProb, logBackoff };
  }
}

export interface SortedSection {
  /** [places] NaN where no line had the n-gram */
  logProb: Float32Array;
  /** [places] NaN where none was given */
  logBackoff: Float32Array;
}

/** A typed array that grows: what a file promises is no reason to allocate it. */
class Column<Values extends Int32Array | Float32Array> {
  size = 0;
  readonly #type: new (
    length: number,
  ) => Values;
  #values: Values;

  constructor(type: new (length: number) => Values) {
    this.#type = type;
    this.#values = new type(1024);
  }

  push(value: number): void {
    if (this.size === this.#values.length) {
      const longer = new this.#type(2 * this.size);
      longer.set(this.#values);
      this.#values = longer;
    }
    this.#values[this.size++] = value;
  }

  values(): Values {
    return this.#values.subarray(0, this.size) as Values;
  }
}
