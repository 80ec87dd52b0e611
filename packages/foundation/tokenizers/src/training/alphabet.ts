import { byCodePoint } from '../vocabulary.ts';
import { checkSpecialTokens } from './special-tokens.ts';

/**
 * The characters of counted pieces, in the order of code points: all, or so many of the most frequent, besides those
 * that are needed anyway.
 */
export function alphabetOf(
  counts: ReadonlyMap<string, number>,
  { needed = [], size = Number.POSITIVE_INFINITY }: { needed?: readonly string[]; size?: number } = {},
): string[] {
  const characters = new Map<string, number>(
    needed.map((character) => [character, Number.POSITIVE_INFINITY]),
  );
  for (const [piece, count] of counts) {
    for (const character of piece) characters.set(character, (characters.get(character) ?? 0) + count);
  }
  return [...characters]
    .sort(([a, countOfA], [b, countOfB]) => (countOfA === countOfB ? byCodePoint(a, b) : countOfB - countOfA))
    .slice(0, Math.max(size, needed.length))
    .map(([character]) => character)
    .sort(byCodePoint);
}

/** The characters of an alphabet that come after the first of a piece, with a prefix, in the order of code points. */
export function innerSymbols(
  counts: ReadonlyMap<string, number>,
  alphabet: readonly string[],
  prefix: string,
): string[] {
  const known = new Set(alphabet);
  const inner = new Set<string>();
  for (const piece of counts.keys()) {
    const [, ...rest] = piece;
    for (const character of rest) if (known.has(character)) inner.add(prefix + character);
  }
  return [...inner].sort(byCodePoint);
}

/** @throws RangeError if an option of a training is out of range */
export function checkTrainingOptions(
  name: string,
  options: {
    vocabularySize: number;
    minFrequency?: number;
    alphabetSize?: number;
    specialTokens?: readonly string[];
  },
): void {
  if (typeof options !== 'object' || options === null) {
    throw new RangeError(`${name}: the options are ${String(options)}, expected { vocabularySize }.`);
  }
  const { vocabularySize, minFrequency = 1, alphabetSize, specialTokens } = options;
  checkSpecialTokens(name, specialTokens);
  for (const [option, value, least] of [
    ['vocabularySize', vocabularySize, 2],
    ['minFrequency', minFrequency, 1],
    ['alphabetSize', alphabetSize ?? 1, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw new RangeError(`${name}: \`${option}\` is ${value}, expected an integer ≥ ${least}.`);
    }
  }
}

/**
 * @param symbols  what merges or pieces begin with, and how many of them there are
 * @throws RangeError if the vocabulary has no room for them and the special tokens
 */
export function checkRoom(
  name: string,
  vocabularySize: number,
  needed: number,
  [count, symbols]: readonly [number, 'characters' | 'bytes'],
): void {
  if (vocabularySize >= needed) return;
  throw new RangeError(
    `${name}: \`vocabularySize\` is ${vocabularySize}, but ${count} ${symbols} and the special tokens alone are ${needed}. ` +
      (symbols === 'bytes' ? 'Raise it.' : 'Raise it, or leave rare characters out by `alphabetSize`.'),
  );
}
