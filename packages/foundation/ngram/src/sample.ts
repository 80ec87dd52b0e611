import type { NgramModel, NgramState } from './ngram-model.ts';

export interface SamplingOptions {
  /** Uniform in [0, 1); all randomness comes from here. */
  random: () => number;
  /** Divides the logits: below 1 bolder, above 1 wilder, 0 always the most probable token. 1 if not given. */
  temperature?: number;
  /** Only the so many most probable tokens. */
  topK?: number;
  /** Only the most probable tokens that together reach this probability (Holtzman et al. 2020). After topK. */
  topP?: number;
}

/** A token that may come next. */
export interface Continuation {
  id: number;
  /** In nats. */
  logProb: number;
}

/**
 * The most probable next tokens, most probable first; of equals the lower id first.
 *
 * @param count  at most so many
 */
export function topContinuations(model: NgramModel, state: NgramState, count: number): Continuation[] {
  const logProbs = model.logProbs(state);
  return Array.from(mostProbable(logProbs).slice(0, count), (id) => ({ id, logProb: logProbs[id]! }));
}

/**
 * Draws one id from a distribution.
 *
 * @param logProbs  [vocabularySize] in nats, need not be normalised
 * @throws RangeError for a temperature below 0 or infinite, topK below 1 or topP outside (0, 1]; Error if nothing is possible
 */
export function sampleId(logProbs: Float64Array, options: SamplingOptions): number {
  const { random, temperature = 1, topK = Number.POSITIVE_INFINITY, topP = 1 } = options;
  if (!(temperature >= 0 && temperature < Number.POSITIVE_INFINITY))
    throw new RangeError(`sampleId: temperature is ${temperature}, expected a finite number, 0 or more.`);
  if (!(topK >= 1)) throw new RangeError(`sampleId: topK is ${topK}, expected 1 or more.`);
  if (!(topP > 0 && topP <= 1))
    throw new RangeError(`sampleId: topP is ${topP}, expected more than 0, at most 1.`);
  let best = 0;
  for (let id = 1; id < logProbs.length; id++) if (logProbs[id]! > logProbs[best]!) best = id;
  const highest = logProbs[best];
  if (highest === undefined || highest === Number.NEGATIVE_INFINITY)
    throw new Error('sampleId: no token has a probability above 0.');
  if (temperature === 0) return best;

  const weights = logProbs.map((logProb) => Math.exp((logProb - highest) / temperature));
  let total = 0;
  if (topK < weights.length || topP < 1) {
    const ranked = mostProbable(weights);
    const candidates = ranked.slice(0, topK);
    const enough = topP * candidates.reduce((sum, id) => sum + weights[id]!, 0);
    let kept = 0;
    while (kept < candidates.length && (kept === 0 || total < enough)) total += weights[candidates[kept++]!]!;
    for (const id of ranked.slice(kept)) weights[id] = 0;
  } else {
    for (const weight of weights) total += weight;
  }
  let left = random() * total;
  let drawn = best;
  for (let id = 0; id < weights.length; id++) {
    if (weights[id] === 0) continue;
    drawn = id;
    left -= weights[id]!;
    if (left < 0) break;
  }
  return drawn;
}

/**
 * Writes on, token by token, until the end token comes (which is not given out) or `maxTokens` are written. Never
 * writes the unknown token.
 *
 * @param options.prompt  ids to write on from, from the begin of a sentence; none if not given
 */
export function* generate(
  model: NgramModel,
  options: SamplingOptions & { prompt?: ArrayLike<number>; maxTokens: number },
): Generator<number, void, undefined> {
  const { unknown, end } = model.vocabulary;
  let state = model.stateAfter(options.prompt ?? [], model.begin);
  for (let written = 0; written < options.maxTokens; written++) {
    const logProbs = model.logProbs(state);
    if (unknown !== undefined) logProbs[unknown] = Number.NEGATIVE_INFINITY;
    const id = sampleId(logProbs, options);
    if (id === end) return;
    yield id;
    state = model.step(state, id).state;
  }
}

function mostProbable(values: Float64Array): Int32Array {
  return Int32Array.from(values, (_, id) => id).sort((a, b) => values[b]! - values[a]! || a - b);
}
