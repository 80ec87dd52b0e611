/**
 * How a measured time is shown: `amount` is what one run gets through (tokens, floating-point operations, bytes, steps).
 *
 * @type {Record<string, (amount: number, seconds: number) => number>}
 */
export const units = {
  'tokens/s': (amount, seconds) => amount / seconds,
  'GF/s': (amount, seconds) => amount / seconds / 1e9,
  'MB/s': (amount, seconds) => amount / seconds / 1e6,
  µs: (amount, seconds) => (seconds / amount) * 1e6,
};
