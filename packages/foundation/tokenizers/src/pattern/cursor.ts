import { PatternError } from './pattern-error.ts';

/** Brackets and groups inside each other, at most. */
const deepest = 200;

/** A place in the source of a pattern, moving from left to right. */
export class Cursor {
  readonly source: string;
  at = 0;
  #depth = 0;

  constructor(source: string) {
    this.source = source;
  }

  get isAtEnd(): boolean {
    return this.at >= this.source.length;
  }

  sees(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  /** Moves over a text, if it stands here. */
  take(text: string): boolean {
    if (!this.sees(text)) return false;
    this.at += text.length;
    return true;
  }

  /** Moves over what a sticky expression matches here. */
  match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.at;
    const found = expression.exec(this.source);
    if (found) this.at += found[0].length;
    return found;
  }

  /** Moves over one character: its code point. */
  character(): number {
    const value = this.source.codePointAt(this.at)!;
    this.at += value > 0xffff ? 2 : 1;
    return value;
  }

  /** Does work within brackets or a group. */
  nested<Result>(work: () => Result): Result {
    if (++this.#depth > deepest) throw this.error(`groups and brackets are nested deeper than ${deepest}`);
    const result = work();
    this.#depth--;
    return result;
  }

  /** What is wrong, and where: here unless told. */
  error(what: string, at: number = this.at): PatternError {
    return new PatternError(
      `pattern ${JSON.stringify(shortened(this.source))}, character ${at + 1}: ${what}.`,
    );
  }
}

function shortened(source: string): string {
  return source.length > 60 ? `${source.slice(0, 60)}…` : source;
}
