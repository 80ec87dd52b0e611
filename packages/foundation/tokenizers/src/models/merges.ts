import { PairTable } from '../pair-table.ts';
import type { TokenList } from '../token-list.ts';
import { type Dropout, MergedStretch } from './merged-stretch.ts';

/** Longer than this, a heap pays. */
const shortLength = 40;
/** So much of a long piece is merged at a time: what it takes stays in the processor's cache. */
const stretchLength = 512;

export type Merge = { left: number; right: number; merged: number };

/** Applies the merges of byte-pair encoding (Sennrich et al. 2016, https://arxiv.org/abs/1508.07909). */
export class Merges {
  /** Rank and merged token of each pair. */
  readonly #pairs: PairTable;
  readonly #ranks = new Int32Array(shortLength);
  readonly #stretches = [new MergedStretch(), new MergedStretch()] as const;
  readonly #stretchLength: number;

  /** @param stretch  how many symbols of a long piece are merged at a time; changes no token */
  constructor(merges: readonly Merge[], stretch: number = stretchLength) {
    this.#stretchLength = stretch;
    this.#pairs = new PairTable(merges.length);
    merges.forEach(({ left, right, merged }, rank) => {
      const at = this.#pairs.add(left, right);
      this.#pairs.slots[at + 2] = rank;
      this.#pairs.slots[at + 3] = merged;
    });
  }

  /**
   * Merges symbols: again and again the pair of the lowest rank, the leftmost of equal ones, until none is left. The
   * cost grows with the length alone, or, with dropout, as n log n.
   *
   * @param spelled  what a piece begins with; is overwritten
   * @param tokens   gets what remains, from the start of its first symbol to the end of its last
   * @param dropout  leaves a merge out, for a while, with this probability (Provilkov et al. 2020,
   *   https://arxiv.org/abs/1910.13267)
   */
  apply(spelled: TokenList, tokens: TokenList, dropout?: Dropout): void {
    if (dropout && dropout.rate > 0) this.#long(spelled, tokens, dropout);
    else if (spelled.length > shortLength) this.#long(spelled, tokens);
    else this.#short(spelled, tokens);
  }

  #short(spelled: TokenList, tokens: TokenList): void {
    const { ids: symbols, starts, ends } = spelled;
    let { length } = spelled;
    const { slots } = this.#pairs;
    const places = this.#ranks;
    const none = Number.MAX_SAFE_INTEGER;
    let best = -1;
    let bestRank = none;
    for (let i = 0; i + 1 < length; i++) {
      const at = this.#pairs.find(symbols[i]!, symbols[i + 1]!);
      places[i] = at;
      if (at >= 0 && slots[at + 2]! < bestRank) {
        bestRank = slots[at + 2]!;
        best = i;
      }
    }
    while (best >= 0) {
      symbols[best] = slots[places[best]! + 3]!;
      ends[best] = ends[best + 1]!;
      length--;
      for (let i = best + 1; i < length; i++) {
        symbols[i] = symbols[i + 1]!;
        starts[i] = starts[i + 1]!;
        ends[i] = ends[i + 1]!;
        places[i - 1] = places[i]!;
      }
      if (best > 0) places[best - 1] = this.#pairs.find(symbols[best - 1]!, symbols[best]!);
      if (best + 1 < length) places[best] = this.#pairs.find(symbols[best]!, symbols[best + 1]!);
      best = -1;
      bestRank = none;
      for (let i = 0; i + 1 < length; i++) {
        const at = places[i]!;
        if (at >= 0 && slots[at + 2]! < bestRank) {
          bestRank = slots[at + 2]!;
          best = i;
        }
      }
    }
    tokens.pushFrom(spelled, 0, length, 0);
  }

  /**
   * Merges a long piece in stretches that overlap, so that the cost grows with its length alone. Two stretches are
   * joined where the second begins, if the token there is the same in both. That gives the tokens of the whole piece:
   *
   * a cut into tokens is right if every two neighbours are right alone. For let the whole piece's first merge across a
   * cut be one between tokens a and b. Up to it, a and b saw their own merges only, in the order in which they see them
   * alone (the lower rank first, then the left one), so that this merge would come first there too. Likewise the
   * neighbours within a stretch are right alone; and all neighbours are such of one stretch or the other.
   */
  #long({ ids: symbols, starts, ends, length }: TokenList, tokens: TokenList, dropout?: Dropout): void {
    const pairs = this.#pairs;
    // What merges are left out is drawn for the piece as a whole.
    const usual = dropout ? length : this.#stretchLength;
    const first = tokens.length;
    let [sure, ahead] = this.#stretches;
    const write = (before: number) => {
      for (let at = sure.from; at < before; ) {
        const end = sure.endOf(at);
        tokens.push(sure.symbolAt(at), starts[at]!, ends[end - 1]!);
        at = end;
      }
    };
    let size = usual;
    sure.merge(pairs, symbols, 0, Math.min(size, length), dropout);
    while (sure.to < length) {
      const seam = sure.seamAfter(sure.to - size / 8);
      if (seam > sure.from && seam < sure.to) {
        ahead.merge(pairs, symbols, seam, Math.min(seam + usual, length));
        if (ahead.endOf(seam) === sure.endOf(seam)) {
          write(seam);
          [sure, ahead] = [ahead, sure];
          size = usual;
          continue;
        }
      }
      // What lies ahead reaches back to the seam. It reaches less far into a longer stretch, unless it undoes even the
      // seam before: then the piece is merged at once.
      const { from } = sure;
      const seamEnd = sure.endOf(from);
      size *= 2;
      sure.merge(pairs, symbols, from, Math.min(from + size, length));
      if (from > 0 && sure.endOf(from) !== seamEnd) {
        sure.merge(pairs, symbols, 0, length);
        tokens.length = first;
      }
    }
    write(length);
  }
}
