import { maximizeMixture } from './maximize-mixture.ts';
import { minimizeConvex } from './minimize-convex.ts';
import { type ModelUnion, uniteModels } from './model-union.ts';
import { NgramModel, type NgramState } from './ngram-model.ts';
import { suffixLinks } from './ngram-trie.ts';
import { normalizeBackoffs } from './normalize-backoffs.ts';
import { checkId, type IdChunks, type TokenIds } from './token-ids.ts';

/** One model's answers over the n-grams of all. */
interface Answers {
  /** [nodes below the highest order] the model's state after the n-gram */
  state: Int32Array;
  /** [nodes] log p(last token | the tokens before); a token the model does not have counts as its unknown token */
  logProb: Float64Array;
  /** [nodes] log p(last token | the shorter context) */
  logShorter: Float64Array;
  /** [nodes below the highest order] what it pays to fall back to the shorter context */
  logBackoff: Float64Array;
}

/**
 * Makes one model of several. The tokens are those of all the models; held-out text is to be encoded with
 * `vocabulary`.
 */
export class Interpolation<Vocab extends TokenIds> {
  readonly vocabulary: Vocab;
  readonly #models: readonly NgramModel<Vocab>[];
  readonly #union: ModelUnion<Vocab>;
  /** [nodes of the union] the n-gram without its first tokens, as many as are left in the union */
  readonly #link: Int32Array;
  #answers: Answers[] | undefined;

  /** @throws Error if the models' vocabularies do not fit together */
  constructor(models: readonly NgramModel<Vocab>[]) {
    if (models.length === 0) throw new Error('Interpolation: no models given, expected at least one.');
    this.#models = models;
    this.#union = uniteModels(models);
    this.#link = suffixLinks(this.#union.trie);
    this.vocabulary = this.#union.vocabulary;
  }

  /**
   * p(w | h) = Σ weightᵢ · pᵢ(w | h) for all n-grams that any model has; back-offs make up the rest, as SRILM's
   * `ngram -mix-lm` does. Tokens that a model does not have get nothing from it.
   *
   * @param weights  one for each model, 0 or more, summing to 1
   */
  linear(weights: readonly number[]): NgramModel<Vocab> {
    const sum = weights.reduce((total, weight) => total + weight, 0);
    if (weights.length !== this.#models.length || !weights.every((w) => w >= 0) || Math.abs(sum - 1) > 1e-6) {
      throw new RangeError(
        `linear: weights are [${weights}], expected ${this.#models.length} from 0 on that sum to 1.`,
      );
    }
    const { trie, vocabulary, ids } = this.#union;
    const logProb = new Float64Array(trie.token.length);
    this.#answer().forEach((answers, i) => {
      for (let node = 1; node < logProb.length; node++) {
        if (ids[i]![trie.token[node]!]! >= 0)
          logProb[node]! += weights[i]! * Math.exp(answers.logProb[node]!);
      }
    });
    for (let node = 1; node < logProb.length; node++) logProb[node] = Math.log(logProb[node]!);
    return normalizeBackoffs({
      trie,
      vocabulary,
      logProb,
      logBackoff: new Float64Array(trie.levelStart[trie.order]!),
    });
  }

  /**
   * The weights of the linear mixture that make held-out text most probable.
   *
   * @param heldOut  ids of `vocabulary`
   * @throws RangeError naming the position of an id outside the vocabulary; Error if nothing is held out
   */
  async linearWeights(heldOut: IdChunks): Promise<number[]> {
    const { ids } = this.#union;
    const { begin } = this.vocabulary;
    const rows: number[] = [];
    const states = this.#models.map((model) => model.nullContext);
    for await (const id of checkedIds('linearWeights', this.vocabulary, heldOut)) {
      this.#models.forEach((model, i) => {
        if (id === begin) states[i] = model.begin;
        else {
          const { logProb, state } = advance(model, states[i]!, ids[i]![id]!);
          states[i] = state;
          rows.push(ids[i]![id]! < 0 ? 0 : Math.exp(logProb));
        }
      });
    }
    return maximizeMixture(Float64Array.from(rows), this.#models.length);
  }

  /**
   * p(w | h) = Π pᵢ(w | h)^weightᵢ / Z(h), exactly, for every context (Klakow 1998; Heafield et al. 2016,
   * https://aclanthology.org/P16-1083). A token that a model does not have counts as its unknown token there.
   *
   * @param weights  one for each model; they need not sum to 1
   */
  logLinear(weights: readonly number[]): NgramModel<Vocab> {
    const { trie, vocabulary } = this.#union;
    const answers = this.#answer();
    if (weights.length !== this.#models.length || !weights.every(Number.isFinite)) {
      throw new RangeError(`logLinear: weights are [${weights}], expected ${this.#models.length} numbers.`);
    }
    const { logZ } = this.#normalizers(weights, answers);
    if (!logZ.every(Number.isFinite)) {
      throw new Error(
        `logLinear: with weights [${weights}] there is a context after which all is impossible. Smooth the models.`,
      );
    }
    const logProb = new Float64Array(trie.token.length);
    const logBackoff = new Float64Array(logZ.length);
    for (let context = 0; context < logZ.length; context++) {
      for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
        logProb[node] = weighted(weights, answers, 'logProb', node) - logZ[context]!;
      }
      if (context > 0) {
        logBackoff[context] =
          weighted(weights, answers, 'logBackoff', context) + logZ[this.#link[context]!]! - logZ[context]!;
      }
    }
    if (vocabulary.begin !== undefined) logProb[1 + vocabulary.begin] = Number.NEGATIVE_INFINITY;
    return new NgramModel({ trie, vocabulary, logProb, logBackoff, link: this.#link.slice() });
  }

  /**
   * The weights of the log-linear mixture that make held-out text most probable.
   *
   * @param heldOut  ids of `vocabulary`
   * @throws RangeError naming the position of an id outside the vocabulary; Error if nothing is held out, or a model
   *   says it is impossible
   */
  async logLinearWeights(heldOut: IdChunks): Promise<number[]> {
    const answers = this.#answer();
    const { trie, vocabulary, ids } = this.#union;
    const { begin } = vocabulary;
    const contextLength = trie.levelStart[trie.order]!;
    const met = new Float64Array(contextLength); // how often a token was predicted from each context
    const sums = this.#models.map(() => 0);
    // a model whose states are the contexts of the union
    const walker = new NgramModel({
      trie,
      vocabulary,
      logProb: new Float64Array(trie.token.length),
      logBackoff: new Float64Array(contextLength),
    });
    let state = walker.nullContext;
    for await (const id of checkedIds('logLinearWeights', vocabulary, heldOut)) {
      if (id === begin) {
        state = walker.begin;
        continue;
      }
      met[state]!++;
      this.#models.forEach((model, i) => {
        sums[i]! += advance(model, answers[i]!.state[state]!, ids[i]![id]!).logProb;
      });
      state = walker.step(state, id).state;
    }
    const impossible = sums.indexOf(Number.NEGATIVE_INFINITY);
    if (impossible >= 0) {
      throw new Error(
        `logLinearWeights: model ${impossible} gives a held-out token probability 0. Smooth it.`,
      );
    }
    return minimizeConvex(
      (weights) => {
        const { logZ, slopes } = this.#normalizers(weights, answers);
        let value = -sums.reduce((sum, logProb, i) => sum + weights[i]! * logProb, 0);
        const gradient = sums.map((sum) => -sum);
        for (let context = 0; context < met.length; context++) {
          if (met[context] === 0) continue;
          value += met[context]! * logZ[context]!;
          for (let i = 0; i < gradient.length; i++) gradient[i]! += met[context]! * slopes[i]![context]!;
        }
        return { value, gradient };
      },
      this.#models.map(() => 1 / this.#models.length),
    );
  }

  /**
   * log Z of every context, and its slope in each weight: the expectation of log pᵢ. With u = Π pᵢ^weightᵢ, what a
   * context h does not have itself is the shorter context's times B(h) = Π backoffᵢ(h)^weightᵢ:
   *
   *   Z(h) = Σ u(w | h) + B(h) · (Z(h′) − Σ u(w | h′))    sums over the tokens w that the union has after h
   */
  #normalizers(
    weights: readonly number[],
    answers: readonly Answers[],
  ): { logZ: Float64Array; slopes: Float64Array[] } {
    const { trie, vocabulary } = this.#union;
    const beginNode = 1 + (vocabulary.begin ?? -1);
    const logZ = new Float64Array(trie.levelStart[trie.order]!);
    const slopes = answers.map(() => new Float64Array(logZ.length));
    const moments = new Float64Array(answers.length); // Σ u · log pᵢ over the context's own tokens
    const rest = new Float64Array(answers.length); // the same over all others, after the shorter context
    for (let context = 0; context < logZ.length; context++) {
      const shorter = this.#link[context]!;
      let own = 0;
      let others = context === 0 ? 0 : Math.exp(logZ[shorter]!);
      moments.fill(0);
      for (let i = 0; i < rest.length; i++) rest[i] = others * slopes[i]![shorter]!;
      for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
        if (node === beginNode) continue;
        const u = Math.exp(weighted(weights, answers, 'logProb', node));
        const uShorter = context === 0 ? 0 : Math.exp(weighted(weights, answers, 'logShorter', node));
        own += u;
        others -= uShorter;
        for (let i = 0; i < rest.length; i++) {
          if (u > 0) moments[i]! += u * answers[i]!.logProb[node]!;
          if (uShorter > 0) rest[i]! -= uShorter * answers[i]!.logShorter[node]!;
        }
      }
      const backoff = context === 0 ? 0 : Math.exp(weighted(weights, answers, 'logBackoff', context));
      others = Math.max(others, 0); // a rounding error below
      const z = own + backoff * others;
      logZ[context] = Math.log(z);
      for (let i = 0; i < rest.length; i++) {
        const fallen = backoff === 0 ? 0 : backoff * (rest[i]! + others * answers[i]!.logBackoff[context]!);
        slopes[i]![context] = (moments[i]! + fallen) / z;
      }
    }
    return { logZ, slopes };
  }

  #answer(): Answers[] {
    this.#answers ??= this.#models.map((model, i) => this.#answersOf(model, this.#union.ids[i]!));
    return this.#answers;
  }

  #answersOf(model: NgramModel, ids: Int32Array): Answers {
    const { trie, vocabulary } = this.#union;
    const contexts = trie.levelStart[trie.order]!;
    const state = new Int32Array(contexts);
    const logProb = new Float64Array(trie.token.length);
    const logShorter = new Float64Array(trie.token.length);
    const logBackoff = new Float64Array(contexts);
    for (let context = 0; context < contexts; context++) {
      const shorter = state[this.#link[context]!]!;
      for (let from = state[context]!; from !== shorter; from = model.shorter(from)) {
        logBackoff[context]! += model.logBackoff[from]!;
      }
      for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
        const id = ids[trie.token[node]!]!;
        const step = advance(model, state[context]!, id);
        logProb[node] = step.logProb;
        logShorter[node] = advance(model, shorter, id).logProb;
        if (node < contexts) state[node] = trie.token[node] === vocabulary.begin ? model.begin : step.state;
      }
    }
    return { state, logProb, logShorter, logBackoff };
  }
}

/** A step; with the unknown token where the model does not have the token, which without one is impossible. */
function advance(model: NgramModel, state: NgramState, id: number): { logProb: number; state: NgramState } {
  const known = id < 0 ? model.vocabulary.unknown : id;
  return known === undefined
    ? { logProb: Number.NEGATIVE_INFINITY, state: model.nullContext }
    : model.step(state, known);
}

/** Σ weightᵢ · valueᵢ; a weight of 0 silences even -Infinity. */
function weighted(
  weights: readonly number[],
  answers: readonly Answers[],
  field: 'logProb' | 'logShorter' | 'logBackoff',
  at: number,
): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] !== 0) sum += weights[i]! * answers[i]![field][at]!;
  return sum;
}

async function* checkedIds(
  name: string,
  vocabulary: TokenIds,
  chunks: IdChunks,
): AsyncGenerator<number, void, undefined> {
  let position = 0;
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++, position++) {
      checkId(vocabulary, chunk[i]!, () => `${name}: position ${position}`);
      yield chunk[i]!;
    }
  }
  if (position === 0) throw new Error(`${name}: the held-out text is empty, expected at least one token.`);
}
