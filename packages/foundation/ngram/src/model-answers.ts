import type { ModelUnion } from './model-union.ts';
import type { NgramModel, NgramState } from './ngram-model.ts';
import type { TokenIds } from './token-ids.ts';

/** What each model says about the n-grams of all: the outer arrays are over the models. */
export interface ModelAnswers {
  /** [models][nodes below the highest order] the model's state after the n-gram */
  states: Int32Array[];
  /** [models][nodes] log p(last token | the tokens before) */
  logProbs: Float64Array[];
  /** [models][nodes] log p(last token | the shorter context) */
  logShorters: Float64Array[];
  /** [models][nodes below the highest order] what it pays to fall back to the shorter context */
  logBackoffs: Float64Array[];
}

/** @param link  the union's `suffixLinks` */
export function answerUnion(
  models: readonly NgramModel[],
  { trie, vocabulary, ids }: ModelUnion<TokenIds>,
  link: Int32Array,
): ModelAnswers {
  const contexts = trie.levelStart[trie.order]!;
  const answers: ModelAnswers = { states: [], logProbs: [], logShorters: [], logBackoffs: [] };
  models.forEach((model, i) => {
    const states = new Int32Array(contexts);
    const logProbs = new Float64Array(trie.token.length);
    const logShorters = new Float64Array(trie.token.length);
    const logBackoffs = new Float64Array(contexts);
    for (let context = 0; context < contexts; context++) {
      const shorter = states[link[context]!]!;
      for (let from = states[context]!; from !== shorter; from = model.shorter(from)) {
        logBackoffs[context]! += model.logBackoff[from]!;
      }
      for (let node = trie.firstChild[context]!; node < trie.firstChild[context + 1]!; node++) {
        const id = ids[i]![trie.token[node]!]!;
        const { logProb, state } = stepOrUnknown(model, states[context]!, id);
        logProbs[node] = logProb;
        logShorters[node] = shorter === states[context] ? logProb : stepOrUnknown(model, shorter, id).logProb;
        if (node < contexts) states[node] = trie.token[node] === vocabulary.begin ? model.begin : state;
      }
    }
    answers.states.push(states);
    answers.logProbs.push(logProbs);
    answers.logShorters.push(logShorters);
    answers.logBackoffs.push(logBackoffs);
  });
  return answers;
}

/**
 * One step; for a token that the model does not have, as its unknown token. Without one it is impossible.
 *
 * @param id  -1 if the model does not have the token
 */
export function stepOrUnknown(
  model: NgramModel,
  state: NgramState,
  id: number,
): { logProb: number; state: NgramState } {
  const known = id < 0 ? model.vocabulary.unknown : id;
  return known === undefined
    ? { logProb: Number.NEGATIVE_INFINITY, state: model.nullContext }
    : model.step(state, known);
}
