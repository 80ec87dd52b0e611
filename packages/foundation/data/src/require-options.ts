/** @throws RangeError for options that were left out */
export function requireOptions(where: string, options: object, expected: string): void {
  if (typeof options === 'object' && options !== null) return;
  throw new RangeError(`${where}: the options are ${String(options)}, expected ${expected}.`);
}
