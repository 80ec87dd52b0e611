/** The token that stands for everything the vocabulary lacks. */
export const unknownToken = '<unk>';
/** The token that stands before the first token of a text, as its context. */
export const startToken = '<s>';

export type VocabularyOptions = {
  /** Tokens seen fewer times than this are left out. 1 unless told. */
  minFrequency?: number;
  /** The most tokens to hold, the special ones included; the rarest are left out. No limit unless told. */
  maxSize?: number;
  /** Tokens that no text has to spell; they come first. `<unk>` and `<s>` unless told. */
  specialTokens?: readonly string[];
};

/** The two-way map between tokens and their ids 0 … size − 1. */
export class Vocabulary {
  /** Every token, at the index that is its id. */
  readonly tokens: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  /** @throws Error if a token comes twice */
  constructor(tokens: readonly string[]) {
    const ids = new Map<string, number>();
    tokens.forEach((token, id) => {
      if (ids.has(token)) {
        throw new Error(
          `Vocabulary: token ${JSON.stringify(token)} has the ids ${ids.get(token)} and ${id}, expected one. ` +
            'Remove one of them.',
        );
      }
      ids.set(token, id);
    });
    this.tokens = tokens;
    this.#ids = ids;
  }

  get size(): number {
    return this.tokens.length;
  }

  /** The id of a token, or undefined where the vocabulary lacks it. */
  idOf(token: string): number | undefined {
    return this.#ids.get(token);
  }

  /** @throws RangeError if no token has this id */
  tokenOf(id: number): string {
    const token = this.tokens[id];
    if (token === undefined) {
      throw new RangeError(
        `Vocabulary: there is no token with id ${id}; ids are integers from 0 to ${this.size - 1}. ` +
          'Decode with the tokenizer that made the ids.',
      );
    }
    return token;
  }
}

/**
 * The vocabulary of counted tokens: the special ones, then the most frequent first, equal ones by code point, so that
 * the same counts give the same ids, in whatever order they were counted.
 *
 * @throws RangeError if an option is out of range
 */
export function buildVocabulary(
  counts: ReadonlyMap<string, number>,
  {
    minFrequency = 1,
    maxSize = Number.POSITIVE_INFINITY,
    specialTokens = [unknownToken, startToken],
  }: VocabularyOptions = {},
): Vocabulary {
  if (!Number.isInteger(minFrequency) || minFrequency < 1) {
    throw new RangeError(`buildVocabulary: \`minFrequency\` is ${minFrequency}, expected an integer ≥ 1.`);
  }
  if (!(maxSize > specialTokens.length) || (Number.isFinite(maxSize) && !Number.isInteger(maxSize))) {
    throw new RangeError(
      `buildVocabulary: \`maxSize\` is ${maxSize}, expected an integer above ${specialTokens.length}, ` +
        `since it includes ${specialTokens.join(' and ')}.`,
    );
  }
  const kept = [...counts]
    .filter(([token, count]) => count >= minFrequency && !specialTokens.includes(token))
    .sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || byCodePoint(a, b))
    .slice(0, maxSize - specialTokens.length);
  return new Vocabulary([...specialTokens, ...kept.map(([token]) => token)]);
}

/** `<` on strings compares UTF-16 code units, which puts U+10000 and above before U+E000. */
export function byCodePoint(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = rank(a.charCodeAt(i)) - rank(b.charCodeAt(i));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  return unit >= 0xd800 ? unit + 0x2000 : unit;
}
