import type { TokenList } from '../token-list.ts';
import type { Component } from '../tokenizer-file.ts';
import { Trie } from '../trie.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Model } from './model.ts';

export type WordPieceOptions = {
  /** All tokens; the index is the id. */
  tokens: readonly string[];
  /** What stands for a word that cannot be spelled. `[UNK]` unless told. */
  unknownToken?: string;
  /** Before every token that does not begin a word. `##` unless told. */
  continuingSubwordPrefix?: string;
  /** Longer words are unknown. 100 characters unless told. */
  maxCharacters?: number;
  /** Tokens that no text spells. */
  specialTokens?: readonly string[];
};

/**
 * WordPiece (Schuster & Nakajima 2012; as in BERT, Devlin et al. 2019): from left to right the longest token that fits;
 * a word that cannot be spelled so is unknown as a whole.
 */
export class WordPiece implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownId: number;
  readonly #options: Required<Omit<WordPieceOptions, 'tokens' | 'specialTokens'>>;
  readonly #trie: Trie;
  readonly #continuing: number;

  /** @throws Error if the unknown token is missing */
  constructor({
    tokens,
    unknownToken = '[UNK]',
    continuingSubwordPrefix = '##',
    maxCharacters = 100,
    specialTokens = [],
  }: WordPieceOptions) {
    this.#options = { unknownToken, continuingSubwordPrefix, maxCharacters };
    this.vocabulary = new Vocabulary(tokens);
    const unknownId = this.vocabulary.idOf(unknownToken);
    if (unknownId === undefined) {
      throw new Error(
        `WordPiece: the unknown token ${JSON.stringify(unknownToken)} is not among the tokens. Add it.`,
      );
    }
    this.unknownId = unknownId;
    this.#trie = new Trie(4 * tokens.length);
    const special = new Set(specialTokens);
    tokens.forEach((token, id) => {
      if (!special.has(token)) this.#trie.add(token, id);
    });
    this.#continuing = this.#trie.walk(continuingSubwordPrefix);
  }

  tokenize(piece: string, tokens: TokenList): void {
    const first = tokens.length;
    const trie = this.#trie;
    let tooLong = piece.length > this.#options.maxCharacters;
    if (tooLong)
      tooLong = [...piece.slice(0, 2 * this.#options.maxCharacters + 2)].length > this.#options.maxCharacters;
    for (let start = 0; start < piece.length && !tooLong; ) {
      let node = start === 0 ? 0 : this.#continuing;
      let [id, end] = [-1, start];
      for (let i = start; i < piece.length && node >= 0; i++) {
        node = trie.next(node, piece.charCodeAt(i));
        if (node >= 0 && trie.value(node) >= 0) [id, end] = [trie.value(node), i + 1];
      }
      if (id < 0) break;
      tokens.push(id, start, end);
      start = end;
    }
    if (tokens.length > first && tokens.ends[tokens.length - 1] === piece.length) return;
    tokens.length = first;
    tokens.push(this.unknownId, 0, piece.length);
  }

  toJSON(): Component {
    const { unknownToken, continuingSubwordPrefix, maxCharacters } = this.#options;
    return {
      type: 'WordPiece',
      unk_token: unknownToken,
      continuing_subword_prefix: continuingSubwordPrefix,
      max_input_chars_per_word: maxCharacters,
      vocab: Object.fromEntries(this.vocabulary.tokens.map((token, id) => [token, id])),
    };
  }
}
