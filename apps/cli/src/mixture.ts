import { maximizeMixture } from '@ostinato/ngram';
import { figure } from './format.ts';

/** Two models' surprisals of the same tokens, in nats. */
export interface TwoModels {
  recurrent: Float32Array;
  ngram: Float32Array;
}

/** −ln((1 − weight) e⁻ᵃ + weight e⁻ᵇ), the surprisal of a token under a linear mixture. */
export function mixedNats(weight: number, a: number, b: number): number {
  const least = Math.min(a, b);
  return least - Math.log((1 - weight) * Math.exp(least - a) + weight * Math.exp(least - b));
}

/** The n-gram model's weight that makes the tokens from `start` to `end` most probable. */
export function bestWeight({ recurrent, ngram }: TwoModels, start: number, end: number): number {
  const rows = new Float64Array(2 * (end - start));
  for (let i = start; i < end; i++) {
    // A factor that both share moves no weight, and keeps them from vanishing.
    const least = Math.min(recurrent[i]!, ngram[i]!);
    rows[2 * (i - start)] = Math.exp(least - recurrent[i]!);
    rows[2 * (i - start) + 1] = Math.exp(least - ngram[i]!);
  }
  return maximizeMixture(rows, 2)[1]!;
}

/**
 * The mixture over a text of which no part is scored with a weight that was found on it: each half takes the weight that
 * is best for the other.
 *
 * @returns the n-gram model's weight in either half
 */
export function crossFitted(models: TwoModels): { totalNats: number; weights: [number, number] } {
  const { length } = models.recurrent;
  const middle = Math.ceil(length / 2);
  const weights: [number, number] = [bestWeight(models, middle, length), bestWeight(models, 0, middle)];
  let totalNats = 0;
  for (let i = 0; i < length; i++) {
    totalNats += mixedNats(weights[i < middle ? 0 : 1], models.recurrent[i]!, models.ngram[i]!);
  }
  return { totalNats, weights };
}

/** What a mixture says of its weights. */
export function mixtureNote(weights: readonly number[]): string {
  const [first, second] = weights.map((weight) => figure(weight, 3));
  if (second === undefined) return `${first}, as given`;
  return `${first} in the first half of the text and ${second} in the second, each found on the other half`;
}
