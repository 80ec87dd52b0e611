import { normalizers, weighted } from './log-linear.ts';
import { maximizeMixture } from './maximize-mixture.ts';
import { minimizeConvex } from './minimize-convex.ts';
import { answerUnion, type ModelAnswers, stepOrUnknown } from './model-answers.ts';
import { type ModelUnion, uniteModels } from './model-union.ts';
import { NgramModel } from './ngram-model.ts';
import { suffixLinks } from './ngram-trie.ts';
import { normalizeBackoffs } from './normalize-backoffs.ts';
import { checkIds, type IdChunks, type TokenIds } from './token-ids.ts';

/**
 * Makes one model of several. The tokens are those of all the models; held-out text is to be encoded with
 * `vocabulary`.
 */
export class Interpolation<Vocab extends TokenIds> {
  readonly vocabulary: Vocab;
  readonly #models: readonly NgramModel<Vocab>[];
  readonly #union: ModelUnion<Vocab>;
  /** The union's `suffixLinks`. */
  readonly #link: Int32Array;
  readonly #answers: ModelAnswers;

  /** @throws Error if the models' vocabularies do not fit together */
  constructor(models: readonly NgramModel<Vocab>[]) {
    if (models.length === 0) throw new Error('Interpolation: no models given, expected at least one.');
    this.#models = models;
    this.#union = uniteModels(models);
    this.#link = suffixLinks(this.#union.trie);
    this.#answers = answerUnion(models, this.#union, this.#link);
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
    this.#answers.logProbs.forEach((logProbs, i) => {
      for (let node = 1; node < logProb.length; node++) {
        if (ids[i]![trie.token[node]!]! >= 0) logProb[node]! += weights[i]! * Math.exp(logProbs[node]!);
      }
    });
    for (let node = 1; node < logProb.length; node++) logProb[node] = Math.log(logProb[node]!);
    const logBackoff = new Float64Array(trie.levelStart[trie.order]!);
    return normalizeBackoffs({ trie, vocabulary, logProb, logBackoff });
  }

  /**
   * The weights of the linear mixture that make held-out text most probable.
   *
   * @param heldOut  ids of `vocabulary`
   * @throws RangeError naming the position of an id outside the vocabulary; Error if nothing is held out
   */
  async linearWeights(heldOut: IdChunks): Promise<number[]> {
    const { ids } = this.#union;
    const rows: number[] = [];
    const states = this.#models.map((model) => model.nullContext);
    for await (const id of checkedIds('linearWeights', this.#union.trie.vocabularySize, heldOut)) {
      this.#models.forEach((model, i) => {
        if (id === this.vocabulary.begin) {
          states[i] = model.begin;
          return;
        }
        const own = ids[i]![id]!;
        const { logProb, state } = stepOrUnknown(model, states[i]!, own);
        states[i] = state;
        rows.push(own < 0 ? 0 : Math.exp(logProb));
      });
    }
    return maximizeMixture(Float64Array.from(rows), this.#models.length);
  }

  /**
   * p(w | h) = Π pᵢ(w | h)^weightᵢ / Z(h), exactly, for every context (Klakow 1998; Heafield et al. 2016,
   * https://aclanthology.org/P16-1083). A token that a model does not have counts as its unknown token there.
   *
   * @param weights  one for each model; they need not sum to 1
   * @throws Error if all tokens are impossible somewhere
   */
  logLinear(weights: readonly number[]): NgramModel<Vocab> {
    if (weights.length !== this.#models.length || !weights.every(Number.isFinite)) {
      throw new RangeError(`logLinear: weights are [${weights}], expected ${this.#models.length} numbers.`);
    }
    const { trie, vocabulary } = this.#union;
    const { logProbs, logBackoffs } = this.#answers;
    const { logZ } = normalizers(trie, this.#link, vocabulary.begin, this.#answers, weights);
    if (!logZ.every(Number.isFinite)) {
      throw new Error(
        `logLinear: with weights [${weights}] there is a context after which no token is possible.`,
      );
    }
    const logProb = new Float64Array(trie.token.length);
    const logBackoff = new Float64Array(logZ.length);
    for (let context = 0; context < logZ.length; context++) {
      const shorter = this.#link[context]!;
      if (context > 0)
        logBackoff[context] = weighted(weights, logBackoffs, context) + logZ[shorter]! - logZ[context]!;
      for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
        logProb[node] = weighted(weights, logProbs, node) - logZ[context]!;
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
    const { trie, vocabulary, ids } = this.#union;
    const { met, sums } = await this.#meet(heldOut);
    const impossible = sums.indexOf(Number.NEGATIVE_INFINITY);
    if (impossible >= 0) {
      throw new Error(
        `logLinearWeights: model ${impossible} of ${ids.length} gives a held-out token probability 0. Smooth it.`,
      );
    }
    const wanted = Uint8Array.from(met, (times) => (times > 0 ? 1 : 0));
    for (let context = wanted.length - 1; context > 0; context--) {
      if (wanted[context] === 1) wanted[this.#link[context]!] = 1;
    }
    wanted[0] = 1;
    const evaluate = (weights: readonly number[]) => {
      const { logZ, slopes } = normalizers(
        trie,
        this.#link,
        vocabulary.begin,
        this.#answers,
        weights,
        wanted,
      );
      let value = -sums.reduce((sum, logProb, i) => sum + weights[i]! * logProb, 0);
      const gradient = sums.map((sum) => -sum);
      for (let context = 0; context < met.length; context++) {
        if (met[context] === 0) continue;
        value += met[context]! * logZ[context]!;
        for (let i = 0; i < gradient.length; i++) gradient[i]! += met[context]! * slopes[i]![context]!;
      }
      return { value, gradient };
    };
    return minimizeConvex(
      evaluate,
      this.#models.map(() => 1 / this.#models.length),
    );
  }

  /** How often held-out tokens were predicted from each context, and each model's log probability of them all. */
  async #meet(heldOut: IdChunks): Promise<{ met: Float64Array; sums: number[] }> {
    const { trie, vocabulary, ids } = this.#union;
    const met = new Float64Array(trie.levelStart[trie.order]!);
    const sums = this.#models.map(() => 0);
    // no model but a walker over the union's contexts
    const walker = new NgramModel({
      trie,
      vocabulary,
      logProb: new Float64Array(trie.token.length),
      logBackoff: new Float64Array(met.length),
      link: this.#link.slice(),
    });
    let state = walker.nullContext;
    for await (const id of checkedIds('logLinearWeights', trie.vocabularySize, heldOut)) {
      if (id === vocabulary.begin) {
        state = walker.begin;
        continue;
      }
      met[state]!++;
      this.#models.forEach((model, i) => {
        sums[i]! += stepOrUnknown(model, this.#answers.states[i]![state]!, ids[i]![id]!).logProb;
      });
      state = walker.step(state, id).state;
    }
    return { met, sums };
  }
}

async function* checkedIds(
  name: string,
  vocabularySize: number,
  chunks: IdChunks,
): AsyncGenerator<number, void, undefined> {
  let position = 0;
  for await (const chunk of chunks) {
    checkIds(vocabularySize, chunk, (i) => `${name}: position ${position + i}`);
    for (let i = 0; i < chunk.length; i++) yield chunk[i]!;
    position += chunk.length;
  }
  if (position === 0) throw new Error(`${name}: the held-out text is empty, expected at least one token.`);
}
