const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** 12,345 */
export const count = (value: number): string => whole.format(value);

/** 1.234: a loss in nats. */
export const nats = (value: number): string => three.format(value);

/** 3.4 or 87: a perplexity. */
export const perplexityText = (value: number): string =>
  value < 20 ? value.toFixed(2) : whole.format(value);
