import { byteCharacters, forEachByte } from '../byte-characters.ts';
import { TokenList } from '../token-list.ts';
import type { Component } from '../tokenizer-file.ts';
import { Vocabulary } from '../vocabulary.ts';
import type { Dropout } from './merged-stretch.ts';
import { type Merge, Merges } from './merges.ts';
import type { Model, Sampling } from './model.ts';

export type BpeOptions = {
  /** All tokens; the index is the id. */
  tokens: readonly string[];
  /** Pairs of tokens, the most urgent first. */
  merges: readonly (readonly [string, string])[];
  /** What stands for characters that are no token. Without one they are left out. */
  unknownToken?: string;
  /** Makes one unknown token of several in a row. */
  fuseUnknown?: boolean;
  /** Spells characters that are no token as the bytes `<0x00>` … `<0xFF>`. */
  byteFallback?: boolean;
  /** Before every symbol of a piece but the first. */
  continuingSubwordPrefix?: string;
  /** After the last symbol of a piece. */
  endOfWordSuffix?: string;
  /** Takes a piece that is a token as it is. */
  ignoreMerges?: boolean;
  /** The probability with which a merge is left out when sampling, unless the call says another. */
  dropout?: number;
  /** Tokens that no text spells: `ignoreMerges` does not take them. Single characters are not among them. */
  specialTokens?: readonly string[];
};

const unitCount = 0x10000;
const notLookedUp = -2;
const missing = -1;

/**
 * Byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909): begins with characters, and merges
 * neighbours in the order in which training found them.
 */
export class Bpe implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownId: number | undefined;
  readonly options: BpeOptions;
  readonly #merges: Merges;
  readonly #special: ReadonlySet<string>;
  /** The ids of single code units, looked up once. */
  readonly #unitIds = new Int32Array(unitCount).fill(notLookedUp);
  readonly #byteFallbackIds: readonly number[] | undefined;
  readonly #spelled = new TokenList();

  /** @throws Error if a merge names a token that is missing, or the unknown token is */
  constructor(options: BpeOptions) {
    this.options = options;
    this.#special = new Set(options.specialTokens);
    this.vocabulary = new Vocabulary(options.tokens);
    if (options.unknownToken !== undefined) {
      this.unknownId = this.vocabulary.idOf(options.unknownToken);
      if (this.unknownId === undefined) {
        throw new Error(
          `Bpe: the unknown token ${JSON.stringify(options.unknownToken)} is not among the tokens.`,
        );
      }
    } else this.unknownId = undefined;
    this.#merges = new Merges(options.merges.map((pair, rank) => this.#merge(pair, rank)));
    if (options.byteFallback) {
      const ids = Array.from({ length: 256 }, (_, byte) => this.vocabulary.idOf(byteToken(byte)) ?? missing);
      this.#byteFallbackIds = ids;
    }
  }

  tokenize(piece: string, tokens: TokenList, sampling?: Sampling): void {
    const { ignoreMerges, dropout } = this.options;
    const rate = sampling ? (sampling.dropout ?? dropout ?? 0) : 0;
    if (ignoreMerges) {
      const id = this.wholeId(piece);
      if (id !== undefined) {
        tokens.push(id, 0, piece.length);
        return;
      }
    }
    this.#spell(piece);
    this.mergeSymbols(this.#spelled, tokens, sampling && { rate, random: sampling.random });
  }

  /** The id of a piece that is a token as it is, and not a special one. */
  wholeId(piece: string): number | undefined {
    return this.#special.has(piece) ? undefined : this.vocabulary.idOf(piece);
  }

  /** Merges the symbols that a piece is spelled with, and adds what remains as tokens. */
  mergeSymbols(spelled: TokenList, tokens: TokenList, dropout?: Dropout): void {
    this.#merges.apply(spelled, tokens, dropout);
  }

  /** The ids of the 256 bytes in GPT-2's spelling, if all of them are tokens. */
  byteIds(): Int32Array | undefined {
    const { continuingSubwordPrefix, endOfWordSuffix } = this.options;
    if (continuingSubwordPrefix || endOfWordSuffix) return undefined;
    const ids = Int32Array.from(byteCharacters, (character) => this.vocabulary.idOf(character) ?? missing);
    return ids.includes(missing) ? undefined : ids;
  }

  toJSON(): Component {
    const { options } = this;
    return {
      type: 'BPE',
      dropout: options.dropout ?? null,
      unk_token: options.unknownToken ?? null,
      continuing_subword_prefix: options.continuingSubwordPrefix || null,
      end_of_word_suffix: options.endOfWordSuffix || null,
      fuse_unk: options.fuseUnknown ?? false,
      byte_fallback: options.byteFallback ?? false,
      ignore_merges: options.ignoreMerges ?? false,
      // fromEntries, not assignment: a token may be `__proto__`.
      vocab: Object.fromEntries(this.vocabulary.tokens.map((token, id) => [token, id])),
      merges: options.merges,
    };
  }

  #merge([left, right]: readonly [string, string], rank: number): Merge {
    const { continuingSubwordPrefix = '' } = this.options;
    const found = [left, right, left + right.slice(continuingSubwordPrefix.length)].map((token) => {
      const id = this.vocabulary.idOf(token);
      if (id !== undefined) return id;
      throw new Error(
        `Bpe: merge ${rank} (${JSON.stringify(left)} + ${JSON.stringify(right)}) needs the token ` +
          `${JSON.stringify(token)}, which is missing.`,
      );
    });
    return { left: found[0]!, right: found[1]!, merged: found[2]! };
  }

  /** The symbols that a piece begins with. */
  #spell(piece: string): void {
    const { continuingSubwordPrefix = '', endOfWordSuffix = '', fuseUnknown } = this.options;
    const spelled = this.#spelled;
    spelled.length = 0;
    let unknownBefore = false;
    for (let i = 0; i < piece.length; ) {
      const unit = piece.charCodeAt(i);
      const width = (unit & 0xfc00) === 0xd800 && i + 1 < piece.length ? 2 : 1;
      const prefix = i > 0 ? continuingSubwordPrefix : '';
      const suffix = i + width === piece.length ? endOfWordSuffix : '';
      let id: number;
      if (width === 1 && prefix === '' && suffix === '') {
        id = this.#unitIds[unit]!;
        if (id === notLookedUp) {
          id = this.vocabulary.idOf(piece[i]!) ?? missing;
          this.#unitIds[unit] = id;
        }
      } else id = this.vocabulary.idOf(prefix + piece.slice(i, i + width) + suffix) ?? missing;
      const start = i;
      i += width;
      if (id !== missing) {
        unknownBefore = false;
        spelled.push(id, start, i);
        continue;
      }
      const bytes = this.#byteFallbackIds && this.#bytesOf(piece, start, i);
      if (bytes) {
        unknownBefore = false;
        for (const byte of bytes) spelled.push(byte, start, i);
      } else if (this.unknownId !== undefined) {
        if (unknownBefore && fuseUnknown) spelled.ends[spelled.length - 1] = i;
        else spelled.push(this.unknownId, start, i);
        unknownBefore = true;
      }
    }
  }

  #bytesOf(piece: string, from: number, to: number): number[] | undefined {
    const ids: number[] = [];
    forEachByte(piece, from, to, (byte) => ids.push(this.#byteFallbackIds![byte]!));
    return ids.includes(missing) ? undefined : ids;
  }
}

/** `<0x0A>`: a byte as a token. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
