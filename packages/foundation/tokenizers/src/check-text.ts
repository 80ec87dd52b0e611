/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'an array' : `an object (${value.constructor?.name ?? 'Object'})`;
}

/** @throws TypeError for what is no string */
export function checkText(value: unknown, name = 'the text'): void {
  if (typeof value === 'string') return;
  throw new TypeError(
    `${name} is ${shown(value)}, expected a string. Decode bytes first, and encode many texts with tokenizeBatch.`,
  );
}
