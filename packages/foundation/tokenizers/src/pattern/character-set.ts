import { PatternError } from './pattern-error.ts';

/** A set of code points. Sets with the same `key` are equal. */
export interface CharacterSet {
  readonly key: string;
  has(codePoint: number): boolean;
}

export const nothing: CharacterSet = { key: '∅', has: () => false };
export const anything: CharacterSet = { key: '.', has: () => true };

export function range(from: number, to: number): CharacterSet {
  return { key: `${from}-${to}`, has: (codePoint) => codePoint >= from && codePoint <= to };
}

export function complement(set: CharacterSet): CharacterSet {
  return { key: `!(${set.key})`, has: (codePoint) => !set.has(codePoint) };
}

export function union(sets: readonly CharacterSet[]): CharacterSet {
  if (sets.length === 1) return sets[0]!;
  return {
    key: `(${sets.map(({ key }) => key).join('|')})`,
    has: (codePoint) => sets.some((set) => set.has(codePoint)),
  };
}

export function intersection(sets: readonly CharacterSet[]): CharacterSet {
  if (sets.length === 1) return sets[0]!;
  return {
    key: `(${sets.map(({ key }) => key).join('&')})`,
    has: (codePoint) => sets.every((set) => set.has(codePoint)),
  };
}

/** The set and every character that differs from one of its characters in case alone. */
export function ignoringCase(set: CharacterSet): CharacterSet {
  return {
    key: `i(${set.key})`,
    has(codePoint) {
      if (set.has(codePoint)) return true;
      const character = String.fromCodePoint(codePoint);
      // Simple case folding has no name in JavaScript: go through upper and lower case, which reaches ſ and K as well.
      const cases = [
        character.toLowerCase(),
        character.toUpperCase(),
        character.toUpperCase().toLowerCase(),
        character.toLowerCase().toUpperCase(),
      ];
      return cases.some((other) => isOne(other) && set.has(other.codePointAt(0)!));
    },
  };
}

function isOne(text: string): boolean {
  return text.length === (text.codePointAt(0)! > 0xffff ? 2 : 1);
}

const names: Record<string, string> = {
  alpha: '\\p{Alphabetic}',
  alnum: '\\p{Alphabetic}\\p{Nd}',
  digit: '\\p{Nd}',
  lower: '\\p{Lowercase}',
  upper: '\\p{Uppercase}',
  space: '\\p{White_Space}',
  blank: '\\t\\p{Zs}',
  punct: '\\p{P}',
  // What [[:punct:]] means.
  posixpunct: '\\p{P}\\p{S}',
  cntrl: '\\p{Cc}',
  word: '\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}',
  xdigit: '0-9A-Fa-f',
};

/**
 * The set that a name stands for: a Unicode property, category or script (`L`, `Han`, `Script=Greek`), or a POSIX
 * class (`alpha`). Signs are `punct` in brackets alone: [[:punct:]] is \p{PosixPunct}.
 * @throws PatternError if there is none of this name
 */
export function namedSet(name: string): CharacterSet {
  const posix = names[name.toLowerCase()];
  for (const source of posix ? [posix] : [`\\p{${name}}`, `\\p{Script=${name}}`]) {
    try {
      if (posix === undefined && !/^\w+(=\w+)?$/.test(name)) break;
      const expression = new RegExp(`^[${source}]$`, 'u');
      return { key: source, has: (codePoint) => expression.test(String.fromCodePoint(codePoint)) };
    } catch {
      // no such property; perhaps a script
    }
  }
  throw new PatternError(`there is no Unicode property or class named "${name}".`);
}
