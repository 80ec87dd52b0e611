import { findChild, type NgramTrie, suffixLinks } from './ngram-trie.ts';
import { checkIds, type TokenIds } from './token-ids.ts';

/**
 * What a model remembers of the tokens before: the number of the longest n-gram that matters for what comes next.
 * A plain integer, so beams and maps hold it at no cost; two histories with one state have one future.
 */
export type NgramState = number;

/** One token scored. */
export interface NgramStep {
  /** Natural logarithm of p(token | state); -Infinity for a begin token. */
  logProb: number;
  /** Order of the n-gram that decided: 1 if the token was looked up without context. */
  order: number;
  /** After the token. */
  state: NgramState;
}

/** The numbers of a back-off model over the nodes of its trie, in nats. */
export interface NgramParts<Vocab extends TokenIds = TokenIds> {
  trie: NgramTrie;
  vocabulary: Vocab;
  /** [nodes] log p(last token | the tokens before); entry 0 has no meaning */
  logProb: Float64Array | Float32Array;
  /** [nodes below the highest order] log of the weight of p(· | shorter context), for tokens not seen after the n-gram */
  logBackoff: Float64Array | Float32Array;
  /** [nodes] the trie's `suffixLinks`, where they are known; the model takes the array over */
  link?: Int32Array;
}

/**
 * A back-off n-gram model (Katz 1987), the form that ARPA files hold and that every smoothing here ends in:
 *
 *   p(w | h) = p(hw) if the model has hw, otherwise backoff(h) · p(w | h without its first token)
 *
 * It is kept as an automaton: a state is a context, and one step costs one search per back-off.
 */
export class NgramModel<Vocab extends TokenIds = TokenIds> {
  readonly vocabulary: Vocab;
  readonly trie: NgramTrie;
  readonly logProb: Float64Array | Float32Array;
  readonly logBackoff: Float64Array | Float32Array;
  /** Nothing before: where an endless stream starts. */
  readonly nullContext: NgramState = 0;
  /** After the begin token: where a sentence starts. The null context if the vocabulary has no begin token. */
  readonly begin: NgramState;
  /** [nodes] longest proper suffix that is a context */
  readonly #shorter: Int32Array;

  constructor({ trie, vocabulary, logProb, logBackoff, link = suffixLinks(trie) }: NgramParts<Vocab>) {
    this.trie = trie;
    this.vocabulary = vocabulary;
    this.logProb = logProb;
    this.logBackoff = logBackoff;
    for (let node = 1; node < link.length; node++) {
      const suffix = link[node]!;
      if (!this.#isContext(suffix)) link[node] = link[suffix]!;
    }
    this.#shorter = link;
    this.begin = vocabulary.begin === undefined ? 0 : this.#context(1 + vocabulary.begin);
  }

  get order(): number {
    return this.trie.order;
  }

  /**
   * Scores one token and moves on.
   *
   * @param id  trusted to be one of the vocabulary's
   */
  step(state: NgramState, id: number): NgramStep {
    const { trie } = this;
    let logBackoff = 0;
    let context = state;
    let node = findChild(trie, context, id);
    while (node < 0) {
      logBackoff += this.logBackoff[context]!;
      context = this.#shorter[context]!;
      node = findChild(trie, context, id);
    }
    let order = 1;
    while (node >= trie.levelStart[order + 1]!) order++;
    return { logProb: logBackoff + this.logProb[node]!, order, state: this.#context(node) };
  }

  /**
   * The state after some tokens; only the last `order - 1` matter. They may start with the begin token.
   *
   * @throws RangeError for an id outside the vocabulary
   */
  stateAfter(ids: ArrayLike<number>, from: NgramState = this.nullContext): NgramState {
    let state = from;
    checkIds(this.trie.vocabularySize, ids, (i) => `stateAfter: entry ${i}`);
    for (let i = 0; i < ids.length; i++) {
      state = ids[i] === this.vocabulary.begin ? this.begin : this.step(state, ids[i]!).state;
    }
    return state;
  }

  /** The next shorter context that the model has. Of the null context, itself. */
  shorter(state: NgramState): NgramState {
    return this.#shorter[state]!;
  }

  /** How many tokens a state remembers: 0 to order - 1. */
  contextLength(state: NgramState): number {
    const { levelStart } = this.trie;
    let length = 0;
    while (state >= levelStart[length + 1]!) length++;
    return length;
  }

  /**
   * The next-token distribution.
   *
   * @returns [vocabularySize] log p(id | state) in nats; -Infinity for the begin token
   */
  logProbs(state: NgramState): Float64Array {
    const { token, firstChild } = this.trie;
    const logProbs = new Float64Array(this.trie.vocabularySize).fill(Number.NaN);
    let logBackoff = 0;
    for (let context = state; ; context = this.#shorter[context]!) {
      const end = firstChild[context + 1]!;
      for (let node = firstChild[context]!; node < end; node++) {
        const id = token[node]!;
        if (Number.isNaN(logProbs[id]!)) logProbs[id] = logBackoff + this.logProb[node]!;
      }
      if (context === 0) return logProbs;
      logBackoff += this.logBackoff[context]!;
    }
  }

  /** The n-gram as a state: itself if anything was seen after it, or its longest suffix of which that holds. */
  #context(node: number): NgramState {
    return this.#isContext(node) ? node : this.#shorter[node]!;
  }

  #isContext(node: number): boolean {
    const { levelStart, order, firstChild } = this.trie;
    if (node >= levelStart[order]!) return false;
    return node === 0 || firstChild[node]! < firstChild[node + 1]! || this.logBackoff[node] !== 0;
  }
}
