import { ArgumentError, checkNumber, checkRng, type Rng } from '@ostinato/runtime';

export interface SamplingOptions {
  /** Divides the logits: below 1 bolder, above 1 wilder; 0 always takes the likeliest token. 1 when absent. */
  temperature?: number;
  /** Chooses among the `topK` likeliest tokens only (Fan, Lewis & Dauphin 2018, https://arxiv.org/abs/1805.04833). */
  topK?: number;
  /**
   * Chooses among the likeliest tokens that together reach this probability (nucleus sampling, Holtzman et al. 2020,
   * https://arxiv.org/abs/1904.09751).
   */
  topP?: number;
  /** Token ids that are never chosen. */
  exclude?: readonly number[];
}

/** @throws ArgumentError naming the option that does not fit */
export function checkSampling(where: string, { temperature = 1, topK = 1, topP = 1 }: SamplingOptions): void {
  if (temperature !== 0) checkNumber(where, 'temperature', temperature, 'a positive number');
  checkNumber(where, 'topK', topK, 'a positive integer');
  checkNumber(where, 'topP', topP, 'a number from 0 to 1');
}

/**
 * Draws a token from the distribution that logits describe. Ties are broken by id, so that a seed decides everything.
 *
 * @param logits one for each token
 * @throws ArgumentError for an option that does not fit, for logits that are no numbers, when no token is left to choose, or
 *   for an `rng` that is no generator
 */
export function sampleToken(
  logits: Float32Array,
  { temperature = 1, topK = logits.length, topP = 1, exclude = [] }: SamplingOptions,
  rng: Rng,
): number {
  checkSampling('sampleToken', { temperature, topK, topP });
  const wrong = logits.findIndex((logit) => Number.isNaN(logit) || logit === Number.POSITIVE_INFINITY);
  if (wrong >= 0) {
    throw new ArgumentError(
      `sampleToken: the logit of token ${wrong} is ${logits[wrong]}. The parameters of the model are no finite numbers.`,
    );
  }
  const allowed = logits.slice();
  for (const id of exclude) allowed[id] = Number.NEGATIVE_INFINITY;
  let likeliest = -1;
  for (let id = 0; id < allowed.length; id++) {
    if (allowed[id]! > (allowed[likeliest] ?? Number.NEGATIVE_INFINITY)) likeliest = id;
  }
  if (likeliest < 0) throw new ArgumentError('sampleToken: every token is excluded.');
  if (temperature === 0) return likeliest;
  checkRng(rng, 'uniform', 'sampleToken');

  const weights = weightsOf(allowed, allowed[likeliest]!, temperature);
  if (topK < logits.length || topP < 1) {
    const largest = allowed.slice().sort().reverse().subarray(0, topK);
    const kept = reach(weightsOf(largest, largest[0]!, temperature), topP);
    dropBelow(weights, allowed, largest.subarray(0, kept));
  }
  const draw = rng.uniform() * sumOf(weights);
  let total = 0;
  for (let id = 0; id < weights.length; id++) {
    total += weights[id]!;
    if (weights[id]! > 0 && total >= draw) return id;
  }
  return likeliest;
}

function weightsOf(logits: Float32Array, highest: number, temperature: number): Float64Array {
  const weights = new Float64Array(logits.length);
  for (let i = 0; i < logits.length; i++) weights[i] = Math.exp((logits[i]! - highest) / temperature);
  return weights;
}

/** How many weights, from the first on, it takes to reach a share of them all: at least one. */
function reach(weights: Float64Array, share: number): number {
  const wanted = share * sumOf(weights);
  let total = 0;
  const last = weights.findIndex((weight) => (total += weight) >= wanted);
  return last < 0 ? weights.length : last + 1;
}

/** No weight for tokens that are not among the kept logits, which descend; of equally likely ones the first are kept. */
function dropBelow(weights: Float64Array, logits: Float32Array, kept: Float32Array): void {
  const least = kept.at(-1)!;
  let ties = kept.length - kept.indexOf(least);
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! < least || (logits[id] === least && ties-- <= 0)) weights[id] = 0;
  }
}

function sumOf(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
