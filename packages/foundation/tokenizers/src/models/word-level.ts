import type { TokenList } from '../token-list.ts';
import type { Component } from '../tokenizer-file.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Model } from './model.ts';

export type WordLevelOptions = {
  /** All tokens; the index is the id. */
  tokens: readonly string[];
  /** What stands for a piece that is no token. */
  unknownToken?: string;
  /** Tokens that no text spells: such a piece is unknown. */
  specialTokens?: readonly string[];
};

/** Each piece is a token as it is: a word, or a character. */
export class WordLevel implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownId: number | undefined;
  readonly #unknownToken: string | undefined;
  readonly #special: ReadonlySet<string>;

  constructor({ tokens, unknownToken, specialTokens = [] }: WordLevelOptions) {
    this.vocabulary = new Vocabulary(tokens);
    this.#unknownToken = unknownToken;
    this.unknownId = unknownToken === undefined ? undefined : this.vocabulary.idOf(unknownToken);
    this.#special = new Set(specialTokens);
  }

  /** @throws Error if a piece is no token and there is no unknown token */
  tokenize(piece: string, tokens: TokenList): void {
    const id = this.#special.has(piece) ? undefined : this.vocabulary.idOf(piece);
    tokens.push(id ?? this.#unknown(piece), 0, piece.length);
  }

  toJSON(): Component {
    return {
      type: 'WordLevel',
      // fromEntries, not assignment: a word may be `__proto__`.
      vocab: Object.fromEntries(this.vocabulary.tokens.map((token, id) => [token, id])),
      unk_token: this.#unknownToken ?? '<unk>',
    };
  }

  #unknown(piece: string): number {
    if (this.unknownId !== undefined) return this.unknownId;
    throw new Error(
      `WordLevel: ${JSON.stringify(piece.slice(0, 40))} is no token, and there is no unknown token among ` +
        `${this.vocabulary.size} (${JSON.stringify(this.#unknownToken ?? '<unk>')} is missing). Add one.`,
    );
  }
}
