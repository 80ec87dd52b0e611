import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export interface CopyBatch {
  /** [batch, time], row-major. */
  inputs: Int32Array;
  /** [batch, time], row-major: blanks, and at the end the symbols of the beginning. */
  targets: Int32Array;
  /** delay + 2 · length */
  time: number;
}

/** Ids of the task: 0 is the blank, 1 to `symbols` are copied, and the last one asks for the copy. */
export function copyVocabularySize(symbols = 8): number {
  return symbols + 2;
}

/**
 * Nats per token of the best that has no memory: it knows where blanks are due, and guesses the rest.
 */
export function copyBaseline({ delay, length = 10, symbols = 8 }: CopyShape): number {
  return (length * Math.log(symbols)) / (delay + 2 * length);
}

export interface CopyShape {
  /** Steps between the last symbol and the first of the copy. */
  delay: number;
  /** How many symbols are copied; 10 unless told. */
  length?: number;
  /** How many different ones there are; 8 unless told. */
  symbols?: number;
}

/**
 * Copy memory (Hochreiter & Schmidhuber 1997; in the form of Arjovsky, Shah & Bengio 2016,
 * https://arxiv.org/abs/1511.06464, section 5.1): some symbols, a long blank, a signal, and the same symbols are asked for in
 * the same order.
 *
 * @throws RangeError for fewer than one sequence, step of delay or symbol
 */
export function copyMemory(
  { batchSize, delay, length = 10, symbols = 8 }: CopyShape & { batchSize: number },
  random: Random,
): CopyBatch {
  checkSize('copyMemory', 'batchSize', batchSize);
  checkSize('copyMemory', 'delay', delay);
  checkSize('copyMemory', 'length', length);
  checkSize('copyMemory', 'symbols', symbols);
  const time = delay + 2 * length;
  const inputs = new Int32Array(batchSize * time);
  const targets = new Int32Array(batchSize * time);
  for (let i = 0; i < batchSize; i++) {
    const row = i * time;
    for (let t = 0; t < length; t++) {
      const symbol = 1 + random.integer(symbols);
      inputs[row + t] = symbol;
      targets[row + length + delay + t] = symbol;
    }
    inputs[row + length + delay - 1] = symbols + 1;
  }
  return { inputs, targets, time };
}
