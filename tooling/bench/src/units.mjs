/**
 * How what was measured, seconds as a rule, is shown: `amount` is what one run gets through (tokens, floating-point operations, bytes, steps).
 *
 * @type {Record<string, (amount: number, seconds: number) => number>}
 */
export const units = {
  'tokens/s': (amount, seconds) => amount / seconds,
  'GF/s': (amount, seconds) => amount / seconds / 1e9,
  'MB/s': (amount, seconds) => amount / seconds / 1e6,
  µs: (amount, seconds) => (seconds / amount) * 1e6,
  s: (_amount, seconds) => seconds,
  MB: (_amount, bytes) => bytes / 1e6,
};

/** Units of which less is better. */
export const costs = new Set(['µs', 's', 'MB']);
