import { forEachByte } from '../byte-characters.ts';
import type { TokenList } from '../token-list.ts';
import type { Component } from '../tokenizer-file.ts';
import { Trie } from '../trie.ts';
import { Vocabulary } from '../vocabulary.ts';
import { byteToken } from './bpe.ts';
import { Lattice } from './lattice.ts';
import type { Model, Sampling } from './model.ts';

export type UnigramOptions = {
  /** Each token and its log probability (natural); the index is the id. */
  pieces: readonly (readonly [string, number])[];
  /** Of the token that stands for what no token spells. */
  unknownId?: number;
  /** Spells what no token spells as the bytes `<0x00>` … `<0xFF>`. */
  byteFallback?: boolean;
  /** Tokens that no text spells. */
  specialTokens?: readonly string[];
};

/** A segmentation and its log probability (natural). */
export type Segmentation = { ids: number[]; logProb: number };

/** How much less likely than the least likely token an unknown character is, as in SentencePiece. */
const unknownPenalty = 10;

/**
 * The unigram language model of segmentation (Kudo 2018, https://arxiv.org/abs/1804.10959): of all ways to cut a piece
 * into tokens, the one whose tokens have the greatest product of probabilities; of equal ones the one that the leftmost
 * longest token leads to.
 */
export class Unigram implements Model {
  readonly vocabulary: Vocabulary;
  readonly unknownId: number | undefined;
  readonly #options: UnigramOptions;
  readonly #logProbs: Float64Array;
  readonly #trie: Trie;
  readonly #unknownLogProb: number;
  readonly #byteIds: readonly number[] | undefined;
  #scores = new Float64Array(256);
  #starts = new Int32Array(256);
  #ids = new Int32Array(256);

  /** @throws Error if a log probability is not a number */
  constructor(options: UnigramOptions) {
    const { pieces, unknownId, specialTokens = [] } = options;
    this.#options = options;
    this.vocabulary = new Vocabulary(pieces.map(([piece]) => piece));
    this.unknownId = unknownId;
    this.#logProbs = Float64Array.from(pieces, ([, logProb]) => logProb);
    const special = new Set([...specialTokens, unknownId === undefined ? '' : pieces[unknownId]?.[0]]);
    this.#trie = new Trie(4 * pieces.length);
    let least = 0;
    pieces.forEach(([piece, logProb], id) => {
      if (!Number.isFinite(logProb)) {
        throw new Error(`Unigram: the log probability of ${JSON.stringify(piece)} (id ${id}) is ${logProb}.`);
      }
      if (special.has(piece) || piece === '') return;
      if (options.byteFallback && /^<0x[0-9A-F]{2}>$/.test(piece)) return;
      least = Math.min(least, logProb);
      this.#trie.add(piece, id);
    });
    this.#unknownLogProb = least - unknownPenalty;
    if (options.byteFallback) {
      this.#byteIds = Array.from({ length: 256 }, (_, byte) => this.vocabulary.idOf(byteToken(byte)) ?? -1);
    }
  }

  tokenize(piece: string, tokens: TokenList, sampling?: Sampling): void {
    if (sampling) {
      for (const { id, start, end } of this.#drawn(piece, sampling))
        this.#push(tokens, piece, id, start, end);
      return;
    }
    const length = piece.length;
    if (this.#scores.length <= length) {
      const capacity = 2 * length + 1;
      this.#scores = new Float64Array(capacity);
      this.#starts = new Int32Array(capacity);
      this.#ids = new Int32Array(capacity);
    }
    const [scores, starts, ids] = [this.#scores, this.#starts, this.#ids];
    starts.fill(-1, 0, length + 1);
    scores[0] = 0;
    this.#forEachArc(piece, (start, end, id, logProb) => {
      const score = scores[start]! + logProb;
      if (starts[end]! >= 0 && score <= scores[end]!) return;
      [scores[end], starts[end], ids[end]] = [score, start, id];
    });
    // Back from the end, then turned round in place of a list.
    let count = 0;
    for (let at = length; at > 0; ) {
      const [start, id] = [starts[at]!, ids[at]!];
      [starts[length - count], ids[length - count]] = [start, id];
      count++;
      at = start;
    }
    for (let i = length - count + 1; i <= length; i++) {
      this.#push(tokens, piece, ids[i]!, starts[i]!, i < length ? starts[i + 1]! : length);
    }
  }

  /** The n likeliest segmentations of a piece, the likeliest first. Unknown characters are not joined. */
  nBest(piece: string, n: number): Segmentation[] {
    return this.#lattice(piece)
      .nBest(n)
      .map(({ arcs, logProb }) => ({
        ids: arcs.flatMap(({ id, start, end }) => this.#spelled(piece, id, start, end)),
        logProb,
      }));
  }

  toJSON(): Component {
    const { pieces, unknownId, byteFallback } = this.#options;
    return {
      type: 'Unigram',
      unk_id: unknownId ?? null,
      vocab: pieces,
      byte_fallback: byteFallback ?? false,
    };
  }

  #drawn(piece: string, { random, alpha = 1, nBest }: Sampling) {
    const lattice = this.#lattice(piece);
    if (nBest === undefined) return lattice.sample(alpha, random);
    const ways = lattice.nBest(nBest);
    const weights = ways.map(({ logProb }) => Math.exp(alpha * (logProb - ways[0]!.logProb)));
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    return (ways.find((_, i) => (left -= weights[i]!) < 0) ?? ways.at(-1)!).arcs;
  }

  #lattice(piece: string): Lattice {
    const lattice = new Lattice(piece.length);
    this.#forEachArc(piece, (start, end, id, logProb) => lattice.add(start, end, id, logProb));
    return lattice;
  }

  /** Every token that fits at each place that can be reached, from left to right, short ones first. */
  #forEachArc(
    piece: string,
    callback: (start: number, end: number, id: number, logProb: number) => void,
  ): void {
    const trie = this.#trie;
    const length = piece.length;
    for (let start = 0; start < length; ) {
      const width = (piece.charCodeAt(start) & 0xfc00) === 0xd800 && start + 1 < length ? 2 : 1;
      let single = false;
      let node = 0;
      for (let i = start; i < length; i++) {
        node = trie.next(node, piece.charCodeAt(i));
        if (node < 0) break;
        const id = trie.value(node);
        if (id < 0) continue;
        callback(start, i + 1, id, this.#logProbs[id]!);
        single ||= i + 1 === start + width;
      }
      if (!single) callback(start, start + width, this.unknownId ?? -1, this.#unknownLogProb);
      start += width;
    }
  }

  #push(tokens: TokenList, piece: string, id: number, start: number, end: number): void {
    const last = tokens.length - 1;
    const isUnknown = id === (this.unknownId ?? -1);
    const spelled = isUnknown ? this.#spelled(piece, id, start, end) : undefined;
    if (spelled && spelled[0] !== id) {
      for (const byte of spelled) tokens.push(byte, start, end);
    } else if (id < 0) {
      throw new Error(
        `Unigram: ${JSON.stringify(piece.slice(start, end))} is no token, and there is no unknown token. Add one (unk_id).`,
      );
    } else if (
      isUnknown &&
      start > 0 &&
      last >= 0 &&
      tokens.ids[last] === id &&
      tokens.ends[last] === start
    ) {
      tokens.ends[last] = end; // unknown characters in a row are one token
    } else tokens.push(id, start, end);
  }

  /** The bytes of what is unknown, where there are such tokens. */
  #spelled(piece: string, id: number, start: number, end: number): number[] {
    if (!this.#byteIds || id !== (this.unknownId ?? -1)) return [id];
    const ids: number[] = [];
    forEachByte(piece, start, end, (byte) => ids.push(this.#byteIds![byte]!));
    return ids.includes(-1) ? [id] : ids;
  }
}
