const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** From here on only the size matters, and all digits would not fit. */
const huge = 1e6;

/** 12,345 */
export const count = (value: number): string => whole.format(value);

/** 1.234: a loss in nats. */
export const nats = (value: number): string => (value < huge ? three.format(value) : powerOfTen(value));

/** 3.40 or 87, and 1.3e50 of a model that has lost its way: a perplexity. */
export const perplexityText = (value: number): string => {
  if (value < 20) return value.toFixed(2);
  return value < huge ? whole.format(value) : powerOfTen(value);
};

function powerOfTen(value: number): string {
  return Number.isFinite(value) ? value.toExponential(1).replace('+', '') : '∞';
}
