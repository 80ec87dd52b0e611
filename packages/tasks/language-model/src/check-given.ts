import { ArgumentError } from '@ostinato/runtime';

/** @throws ArgumentError for options or a config that were left out, or are something else */
export function checkGiven(where: string, what: string, given: object, expected: string): void {
  if (typeof given === 'object' && given !== null) return;
  throw new ArgumentError(`${where}: ${what} ${described(given)}, expected ${expected}.`);
}

/** What stands where something else was expected, in a word or two. */
export function described(given: unknown): string {
  if (typeof given === 'string') return JSON.stringify(given.slice(0, 60));
  if (typeof given === 'function') return 'a function';
  if (typeof given !== 'object' || given === null) return String(given);
  const kind = given.constructor?.name ?? 'Object';
  return kind === 'Object' ? 'an object' : `${/^[AEIOU]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
