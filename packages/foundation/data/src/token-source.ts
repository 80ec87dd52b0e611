/** A long sequence of token ids, in memory or elsewhere, read at any place. */
export interface TokenSource {
  readonly length: number;
  /**
   * Tokens start to end − 1. The array may be a view of the source: do not write into it.
   * @throws RangeError unless 0 ≤ start ≤ end ≤ length
   */
  read(start: number, end: number): Int32Array | Promise<Int32Array>;
}

/** Tokens that are in memory already; not copied. */
export function memoryTokens(ids: Int32Array): TokenSource {
  return {
    length: ids.length,
    read(start, end) {
      checkRange('memoryTokens', start, end, ids.length);
      return ids.subarray(start, end);
    },
  };
}

/**
 * The tokens start to end − 1 of a source, as a source of its own: the first nine tenths, the last.
 * @throws RangeError unless 0 ≤ start ≤ end ≤ length
 */
export function sliceTokens(source: TokenSource, start: number, end: number = source.length): TokenSource {
  checkRange('sliceTokens', start, end, source.length);
  const length = end - start;
  return {
    length,
    read(from, to) {
      checkRange('sliceTokens', from, to, length);
      return source.read(start + from, start + to);
    },
  };
}

export function checkRange(caller: string, start: number, end: number, length: number): void {
  if (Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= length) return;
  throw new RangeError(
    `${caller}: range ${start} to ${end}, expected integers with 0 ≤ start ≤ end ≤ ${length}, the number of tokens.`,
  );
}
