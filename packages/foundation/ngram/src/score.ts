import type { NgramModel, NgramState, NgramStep } from './ngram-model.ts';
import { checkIds, type IdChunks } from './token-ids.ts';

/** How well a model predicted some tokens, in nats. Scores of parts of a text add up field by field. */
export interface Score {
  /** Sum of -log p over all tokens. */
  totalNats: number;
  /** Tokens predicted: sentence ends count, sentence begins do not. */
  tokens: number;
  /** How many of them were the unknown token. */
  unknown: number;
  /** Sum of -log p over the others. */
  knownNats: number;
}

/** exp(nats per token), unknown tokens included. NaN if nothing was scored. */
export function perplexity({ totalNats, tokens }: Score): number {
  return Math.exp(totalNats / tokens);
}

/** exp(nats per token) of the tokens that the model knows. NaN if there were none. */
export function perplexityKnown({ knownNats, tokens, unknown }: Score): number {
  return Math.exp(knownNats / (tokens - unknown));
}

/**
 * Scores token by token: the log probability of each, the order that decided it and the state after it. A begin id
 * starts afresh and gives no step.
 *
 * @param from  where to start; the null context if not given
 * @throws RangeError for an id outside the vocabulary
 */
export function* scoreTokens(
  model: NgramModel,
  ids: ArrayLike<number>,
  from: NgramState = model.nullContext,
): Generator<NgramStep & { id: number }, void, undefined> {
  checkIds(model.trie.vocabularySize, ids, (i) => `scoreTokens: entry ${i}`);
  let state = from;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id === model.vocabulary.begin) state = model.begin;
    else {
      const step = model.step(state, id);
      state = step.state;
      yield { id, ...step };
    }
  }
}

/**
 * Scores a stream of ids: endless, or the sentences of `encodeSentences`. A begin id starts afresh and is not itself
 * scored; a stream without one starts in the null context.
 *
 * @throws RangeError naming the position of an id outside the vocabulary
 */
export async function scoreStream(model: NgramModel, chunks: IdChunks): Promise<Score> {
  const score: Score = { totalNats: 0, tokens: 0, unknown: 0, knownNats: 0 };
  let state = model.nullContext;
  let position = 0;
  for await (const ids of chunks) {
    state = addScore(model, ids, state, score, position);
    position += ids.length;
  }
  return score;
}

/**
 * Scores one sentence from its begin to its end.
 *
 * @param ids  the tokens between, without the begin and end ids
 * @throws RangeError for an id outside the vocabulary
 */
export function scoreSentence(model: NgramModel, ids: ArrayLike<number>): Score {
  const score: Score = { totalNats: 0, tokens: 0, unknown: 0, knownNats: 0 };
  const { end } = model.vocabulary;
  const state = addScore(model, ids, model.begin, score, 0);
  if (end !== undefined) addScore(model, [end], state, score, ids.length);
  return score;
}

function addScore(
  model: NgramModel,
  ids: ArrayLike<number>,
  from: NgramState,
  score: Score,
  position: number,
): NgramState {
  checkIds(model.trie.vocabularySize, ids, (i) => `score: position ${position + i}`);
  const { unknown, begin } = model.vocabulary;
  let state = from;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    if (id === begin) {
      state = model.begin;
      continue;
    }
    const step = model.step(state, id);
    state = step.state;
    score.tokens++;
    score.totalNats -= step.logProb;
    if (id === unknown) score.unknown++;
    else score.knownNats -= step.logProb;
  }
  return state;
}
