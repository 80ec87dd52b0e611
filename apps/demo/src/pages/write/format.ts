const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat('en', { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** 12,345 */
export const count = (value: number): string => whole.format(value);

/** 1.234, and 2.5e7 of a model that has lost its way: a loss in nats. */
export const nats = (value: number): string => (value < 1000 ? three.format(value) : powerOfTen(value));

/** 3.40, 87 or 1.3e50: a perplexity. */
export const perplexityText = (value: number): string => {
  if (value < 20) return value.toFixed(2);
  return value < 1e6 ? whole.format(value) : powerOfTen(value);
};

/** Where only the size matters, and all digits would not fit. */
function powerOfTen(value: number): string {
  return Number.isFinite(value) ? value.toExponential(1).replace('+', '') : '∞';
}
