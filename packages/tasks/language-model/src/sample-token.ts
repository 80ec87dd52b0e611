import { ArgumentError, checkNumber, type Rng } from '@ostinato/runtime';

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
export function checkSampling({ temperature = 1, topK = 1, topP = 1 }: SamplingOptions): void {
  if (temperature !== 0) checkNumber('sampling', 'temperature', temperature, 'a positive number');
  checkNumber('sampling', 'topK', topK, 'a positive integer');
  checkNumber('sampling', 'topP', topP, 'a number from 0 to 1');
}

/**
 * Draws a token from the distribution that logits describe. Ties are broken by id, so that a seed decides everything.
 *
 * @param logits one for each token
 * @throws ArgumentError for an option that does not fit, for logits that are no numbers, or when no token is left to
 *   choose
 */
export function sampleToken(
  logits: Float32Array,
  { temperature = 1, topK = logits.length, topP = 1, exclude = [] }: SamplingOptions,
  rng: Rng,
): number {
  checkSampling({ temperature, topK, topP });
  const wrong = logits.findIndex((logit) => Number.isNaN(logit) || logit === Number.POSITIVE_INFINITY);
  if (wrong >= 0) {
    throw new ArgumentError(
      `sampleToken: the logit of token ${wrong} is ${logits[wrong]}. The parameters of the model are no finite numbers.`,
    );
  }
  const excluded = new Set(exclude);
  let likeliest = -1;
  for (let id = 0; id < logits.length; id++) {
    if (logits[id]! > (logits[likeliest] ?? Number.NEGATIVE_INFINITY) && !excluded.has(id)) likeliest = id;
  }
  if (likeliest < 0) throw new ArgumentError('sampleToken: every token is excluded.');
  if (temperature === 0) return likeliest;

  const highest = logits[likeliest]!;
  const weights = new Float64Array(logits.length);
  for (let id = 0; id < logits.length; id++) weights[id] = Math.exp((logits[id]! - highest) / temperature);
  for (const id of excluded) if (id in weights) weights[id] = 0;
  if (topK < logits.length || topP < 1) keepLikeliest(weights, topK, topP);
  const draw = rng.uniform() * sumOf(weights);
  let total = 0;
  for (let id = 0; id < weights.length; id++) {
    total += weights[id]!;
    if (weights[id]! > 0 && total >= draw) return id;
  }
  return likeliest;
}

/** Leaves the `topK` largest weights, and of those only as many as reach the share `topP`; the others become 0. */
function keepLikeliest(weights: Float64Array, topK: number, topP: number): void {
  const largest = weights.slice().sort().reverse().subarray(0, topK);
  const wanted = topP * sumOf(largest);
  let total = largest[0]!;
  let count = 1;
  while (total < wanted && count < largest.length) total += largest[count++]!;
  const least = largest[count - 1]!;
  // Of equal weights the first ones.
  let ties = count - largest.indexOf(least);
  for (let id = 0; id < weights.length; id++) {
    if (weights[id]! < least || (weights[id] === least && ties-- <= 0)) weights[id] = 0;
  }
}

function sumOf(weights: Float64Array): number {
  return weights.reduce((sum, weight) => sum + weight, 0);
}
