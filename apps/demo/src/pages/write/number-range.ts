export interface NumberRange {
  min: number;
  max: number;
  /** Of the arrow keys; a number between two steps is taken too, if it is whole. `'any'` takes fractions. */
  step: number | 'any';
}

const written = new Intl.NumberFormat('en', { maximumSignificantDigits: 12 });

/** What is allowed, for a number that is not: “8 to 1,024”. */
export function explainRefusal(value: number, { min, max, step }: NumberRange): string | undefined {
  const isInside = value >= min && value <= max;
  if (!isInside) return `${written.format(min)} to ${written.format(max)}`;
  return step === 'any' || Number.isInteger(value) ? undefined : 'whole numbers only';
}
