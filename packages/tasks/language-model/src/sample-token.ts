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
  let candidates = Array.from(logits.keys()).filter(
    (id) => !excluded.has(id) && logits[id]! > Number.NEGATIVE_INFINITY,
  );
  if (candidates.length === 0) throw new ArgumentError('sampleToken: every token is excluded.');
  candidates.sort((a, b) => logits[b]! - logits[a]! || a - b);
  if (temperature === 0) return candidates[0]!;

  candidates = candidates.slice(0, topK);
  const highest = logits[candidates[0]!]!;
  const weights = candidates.map((id) => Math.exp((logits[id]! - highest) / temperature));
  const nucleus = reach(weights, topP * weights.reduce((sum, weight) => sum + weight, 0));
  const kept = weights.slice(0, nucleus);
  const draw = rng.uniform() * kept.reduce((sum, weight) => sum + weight, 0);
  return candidates[Math.min(reach(kept, draw), nucleus) - 1]!;
}

/** How many weights, from the first on, it takes to reach a sum: at least one. */
function reach(weights: readonly number[], sum: number): number {
  let total = 0;
  const index = weights.findIndex((weight) => (total += weight) >= sum);
  return index < 0 ? weights.length : index + 1;
}
