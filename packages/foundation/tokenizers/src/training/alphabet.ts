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

/** @throws RangeError if an option of a training is out of range */
export function checkTrainingOptions(
  name: string,
  {
    vocabularySize,
    minFrequency = 1,
    alphabetSize,
    specialTokens,
  }: {
    vocabularySize: number;
    minFrequency?: number;
    alphabetSize?: number;
    specialTokens?: readonly string[];
  },
): void {
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
 * @param characters 'bytes' where all of them are needed
 * @throws RangeError if the vocabulary has no room for the characters
 */
export function checkRoom(
  name: string,
  vocabularySize: number,
  needed: number,
  alphabet: number,
  characters: 'characters' | 'bytes' = 'characters',
): void {
  if (vocabularySize > needed) return;
  const advice = characters === 'bytes' ? '.' : ', or leave rare characters out by `alphabetSize`.';
  throw new RangeError(
    `${name}: \`vocabularySize\` is ${vocabularySize}, but ${alphabet} ${characters} and the special tokens alone are ${needed}. Raise it${advice}`,
  );
}
