import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export interface AddingBatch {
  /** [batch, time, 2], row-major: a number in [0, 1), and 1 where it counts, else 0. */
  inputs: Float32Array;
  /** [batch]: the sum of the two numbers that count. */
  targets: Float32Array;
}

/** The mean squared error of always answering 1, the mean of the sum: the variance of two even numbers, 2 / 12. */
export const addingBaseline: number = 1 / 6;

/**
 * The adding problem (Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735, experiment 4; in the form
 * of Le, Jaitly & Hinton 2015, https://arxiv.org/abs/1504.00941): among many numbers two are marked, one in either half of
 * the sequence, and at its end their sum is asked for.
 *
 * @throws RangeError for fewer than one sequence or two steps
 */
export function addingProblem(
  { batchSize, time }: { batchSize: number; time: number },
  random: Random,
): AddingBatch {
  checkSize('addingProblem', 'batchSize', batchSize);
  checkSize('addingProblem', 'time', time, 2);
  const inputs = new Float32Array(batchSize * time * 2);
  const targets = new Float32Array(batchSize);
  const half = Math.floor(time / 2);
  for (let i = 0; i < batchSize; i++) {
    const row = inputs.subarray(i * time * 2, (i + 1) * time * 2);
    for (let t = 0; t < time; t++) row[2 * t] = random.uniform();
    for (const t of [random.integer(half), half + random.integer(time - half)]) {
      row[2 * t + 1] = 1;
      targets[i]! += row[2 * t]!;
    }
  }
  return { inputs, targets };
}
