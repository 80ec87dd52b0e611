import type { TokenIds } from './token-ids.ts';

/** The tokens that stand for "any other token" and for the two ends of a sentence. */
export interface SpecialTokens<Token> {
  unknown: Token;
  begin: Token;
  end: Token;
}

/** The names that lmplz, SRILM and every ARPA file use. */
export const arpaTokens: SpecialTokens<string> = { unknown: '<unk>', begin: '<s>', end: '</s>' };

/**
 * Tokens and their ids, in the order first seen. A token is anything a `Map` can tell apart: strings by their
 * characters, numbers by value, objects by identity. With special tokens, these have ids 0 (unknown), 1 (begin) and
 * 2 (end), as in KenLM.
 */
export class Vocabulary<Token> implements TokenIds {
  readonly unknown: number | undefined;
  readonly begin: number | undefined;
  readonly end: number | undefined;
  readonly #idOf = new Map<Token, number>();
  readonly #tokens: Token[] = [];

  constructor(special?: SpecialTokens<Token>) {
    this.unknown = special && this.add(special.unknown);
    this.begin = special && this.add(special.begin);
    this.end = special && this.add(special.end);
    if (special && this.size !== 3)
      throw new Error('Vocabulary: the three special tokens must differ from each other.');
  }

  get size(): number {
    return this.#tokens.length;
  }

  /** The id of `token`, which becomes a new one if the token is new. */
  add(token: Token): number {
    const known = this.#idOf.get(token);
    if (known !== undefined) return known;
    const id = this.#tokens.length;
    const own = typeof token === 'string' ? (ownCopy(token) as Token) : token;
    this.#idOf.set(own, id);
    this.#tokens.push(own);
    return id;
  }

  /** The id of `token`; of `unknown` if it is not in the vocabulary; `undefined` if there is no `unknown` either. */
  id(token: Token): number | undefined {
    return this.#idOf.get(token) ?? this.unknown;
  }

  has(token: Token): boolean {
    return this.#idOf.has(token);
  }

  /** @throws RangeError if there is no such id */
  token(id: number): Token {
    if (!(id in this.#tokens))
      throw new RangeError(`Vocabulary: no token has id ${id}, ids are 0 to ${this.size - 1}.`);
    return this.#tokens[id]!;
  }
}

/** A word cut out of a text may keep the whole text alive (V8's sliced strings); a vocabulary outlives its text. */
function ownCopy(text: string): string {
  return text.length < 13 ? text : text.split('').join('');
}
