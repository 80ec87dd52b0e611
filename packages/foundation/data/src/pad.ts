import { checkSize } from './check-size.ts';
import { DataError } from './data-error.ts';
import { requireOptions } from './require-options.ts';

export type PaddedTokens = {
  /** [batch, time], row-major. */
  values: Int32Array;
  /** [batch], real tokens of each. */
  lengths: Int32Array;
  batchSize: number;
  /** The longest length, or 1 where all are empty: no axis is 0 long. */
  time: number;
};

export type PaddedFrames = Omit<PaddedTokens, 'values'> & {
  /** [batch, time, features], row-major; 0 past a length. */
  values: Float32Array;
  features: number;
};

/**
 * Token sequences as one batch, each filled up at its end to the longest.
 * @param options.padId  the id to fill up with
 * @throws DataError for no sequence at all, RangeError for a `padId` that is no id
 */
export function padTokens(sequences: readonly ArrayLike<number>[], options: { padId: number }): PaddedTokens {
  requireOptions('padTokens', options, '{ padId }');
  const { padId } = options;
  checkSize('padTokens', 'padId', padId, 0);
  const { lengths, time } = measure('padTokens', sequences, 1);
  const values = new Int32Array(sequences.length * time).fill(padId);
  for (const [i, sequence] of sequences.entries()) values.set(sequence, i * time);
  return { values, lengths, batchSize: sequences.length, time };
}

/**
 * Sequences of feature vectors (frames of sound, columns of an image) as one batch, each filled up with zeros to the longest.
 * @param sequences  each [time, features], row-major
 * @throws DataError for no sequence at all, or one that is no whole number of frames, RangeError for `features` below 1
 */
export function padFrames(
  sequences: readonly ArrayLike<number>[],
  options: { features: number },
): PaddedFrames {
  requireOptions('padFrames', options, '{ features }');
  const { features } = options;
  checkSize('padFrames', 'features', features);
  const { lengths, time } = measure('padFrames', sequences, features);
  const values = new Float32Array(sequences.length * time * features);
  for (const [i, sequence] of sequences.entries()) values.set(sequence, i * time * features);
  return { values, lengths, batchSize: sequences.length, time, features };
}

function measure(
  where: string,
  sequences: readonly ArrayLike<number>[],
  features: number,
): { lengths: Int32Array; time: number } {
  if (sequences.length === 0) throw new DataError(`${where}: no sequences, expected at least one.`);
  const lengths = Int32Array.from(sequences, (sequence, i) => {
    const length = sequence.length / features;
    if (Number.isSafeInteger(length)) return length;
    throw new DataError(
      `${where}: sequence ${i} has ${sequence.length} values, expected a multiple of \`features\`, ${features}.`,
    );
  });
  return { lengths, time: lengths.reduce((most, length) => Math.max(most, length), 1) };
}
