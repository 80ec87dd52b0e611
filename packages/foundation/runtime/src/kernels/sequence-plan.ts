/**
 * The order in which a fused kernel visits the real steps of a batch: sequences longest first, so that those still running
 * are always the first rows, and padding is never touched.
 */
export interface SequencePlan {
  batch: number;
  time: number;
  /** Steps of the longest sequence. */
  steps: number;
  /** Real steps in all. */
  rows: number;
  /** `steps + 1` offsets of each step's rows, then each row's place b · time + t, then the batch index of each sequence. */
  words: Int32Array;
}

/** @param lengths [batch], 0 to `time` each; `reverse` walks every sequence from its own last step to its first. */
export function planSequences(lengths: ArrayLike<number>, time: number, reverse: boolean): SequencePlan {
  const batch = lengths.length;
  const order = Array.from({ length: batch }, (_, index) => index).sort(
    (a, b) => lengths[b]! - lengths[a]! || a - b,
  );
  const steps = batch === 0 ? 0 : lengths[order[0]!]!;
  let rows = 0;
  for (let b = 0; b < batch; b++) rows += lengths[b]!;

  const words = new Int32Array(steps + 1 + rows + batch);
  let active = batch;
  let row = 0;
  for (let step = 0; step < steps; step++) {
    while (active > 0 && lengths[order[active - 1]!]! <= step) active--;
    for (let i = 0; i < active; i++) {
      const sequence = order[i]!;
      words[steps + 1 + row++] = sequence * time + (reverse ? lengths[sequence]! - 1 - step : step);
    }
    words[step + 1] = row;
  }
  words.set(order, steps + 1 + rows);
  return { batch, time, steps, rows, words };
}
