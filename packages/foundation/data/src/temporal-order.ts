import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export interface TemporalOrderBatch {
  /** [batch, time], row-major: ids of `temporalOrderSymbols`. */
  inputs: Int32Array;
  /** [batch]: 0 to 3 for XX, XY, YX, YY. */
  targets: Int32Array;
}

/** The symbols by id: begin, end, two that count, four that do not. */
export const temporalOrderSymbols: readonly string[] = ['B', 'E', 'X', 'Y', 'a', 'b', 'c', 'd'];

/**
 * Temporal order (Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735, experiment 6a): two symbols, X
 * or Y each, far apart among others that mean nothing; which two, and in which order, is asked for at the end. The first
 * stands between a tenth and a fifth of the sequence, the second between five and six tenths, as there.
 *
 * @param time 10 or more; the paper has 100 to 110
 * @throws RangeError for fewer than one sequence or ten steps
 */
export function temporalOrder(
  { batchSize, time }: { batchSize: number; time: number },
  random: Random,
): TemporalOrderBatch {
  checkSize('temporalOrder', 'batchSize', batchSize);
  checkSize('temporalOrder', 'time', time, 10);
  const [begin, end, x, noise] = [0, 1, 2, 4];
  const inputs = new Int32Array(batchSize * time);
  const targets = new Int32Array(batchSize);
  const tenth = Math.floor(time / 10);
  for (let i = 0; i < batchSize; i++) {
    const row = inputs.subarray(i * time, (i + 1) * time);
    for (let t = 1; t < time - 1; t++) row[t] = noise + random.integer(4);
    row[0] = begin;
    row[time - 1] = end;
    for (const from of [tenth, 5 * tenth]) {
      const symbol = random.integer(2);
      row[from + random.integer(tenth)] = x + symbol;
      targets[i] = 2 * targets[i]! + symbol;
    }
  }
  return { inputs, targets };
}
