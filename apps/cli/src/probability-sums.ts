import type { WordModel } from './ngram-file.ts';
import { UserError } from './user-error.ts';

/** What the rounding of a model in 8 bits stays well below. */
const tolerance = 0.05;

/**
 * Looks whether a model's numbers are probabilities, at the two contexts that every model has.
 *
 * @throws UserError naming the file, if they do not sum to 1
 */
export function expectProbabilities(path: string, model: WordModel): void {
  for (const [where, state] of [
    ['without context', model.nullContext],
    ['after <s>', model.begin],
  ] as const) {
    const sum = model.logProbs(state).reduce((total, logProb) => total + Math.exp(logProb), 0);
    if (Math.abs(sum - 1) <= tolerance) continue;
    throw new UserError(
      `${path}: ${where} its probabilities sum to ${sum.toFixed(4)}, expected 1. Take a model of another smoothing: stupid back-off has scores, no probabilities.`,
    );
  }
}
