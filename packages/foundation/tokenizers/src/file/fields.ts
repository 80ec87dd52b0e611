import { TokenizerJsonError, unexpected } from './tokenizer-json-error.ts';

const longestPlace = 2000;

/** Reads an object of a `tokenizer.json`; every error names the file and the place. */
export class Fields {
  readonly file: string;
  readonly place: string;
  readonly #values: Readonly<Record<string, unknown>>;

  /** @throws TokenizerJsonError if it is no object */
  constructor(file: string, place: string, value: unknown, expected = 'an object') {
    // A place that long is no tokenizer's, and would be a message that nobody reads.
    if (place.length > longestPlace) {
      throw new TokenizerJsonError(
        `${file}: ${place.slice(0, 60)}…: components are nested too deep, expected a few inside each other.`,
      );
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw unexpected(file, place, value, expected);
    }
    this.file = file;
    this.place = place;
    this.#values = value as Record<string, unknown>;
  }

  /** The value of a field of its own, or undefined; null counts as missing. */
  get(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  error(name: string, expected: string): TokenizerJsonError {
    return unexpected(this.file, this.#at(name), this.get(name), expected);
  }

  string(name: string, fallback?: string): string {
    const value = this.get(name) ?? fallback;
    if (typeof value !== 'string') throw this.error(name, 'a string');
    return value;
  }

  optionalString(name: string): string | undefined {
    return this.get(name) === undefined ? undefined : this.string(name);
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback;
    if (typeof value !== 'boolean') throw this.error(name, 'true or false');
    return value;
  }

  /** An integer ≥ 0. */
  count(name: string, fallback?: number): number {
    const value = this.get(name) ?? fallback;
    if (!isCount(value)) throw this.error(name, 'an integer ≥ 0');
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[], fallback?: Choice): Choice {
    const value = this.get(name) ?? fallback;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw this.error(name, choices.map((choice) => `"${choice}"`).join(', '));
    return found;
  }

  list(name: string): unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw this.error(name, 'a list');
    return value;
  }

  object(name: string): Fields {
    return new Fields(this.file, this.#at(name), this.get(name));
  }

  /** The entries of a list of objects. */
  objects(name: string): Fields[] {
    return this.list(name).map((value, i) => new Fields(this.file, `${this.#at(name)}[${i}]`, value));
  }

  entries(): [string, unknown][] {
    return Object.entries(this.#values);
  }

  /** What the work throws is said to be at this place. */
  wrap<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (error) {
      if (error instanceof TokenizerJsonError) throw error;
      const place = this.place === '' ? '' : `${this.place}: `;
      throw new TokenizerJsonError(`${this.file}: ${place}${(error as Error).message}`, { cause: error });
    }
  }

  #at(name: string): string {
    return this.place === '' ? name : `${this.place}.${name}`;
  }
}

/** Whether it can be an id. */
export function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 31;
}
