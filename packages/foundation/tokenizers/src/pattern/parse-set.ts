import {
  type CharacterSet,
  complement,
  ignoringCase,
  intersection,
  namedSet,
  range,
  union,
} from './character-set.ts';
import type { Cursor } from './cursor.ts';

/** An escape that stands for a set of characters, inside brackets or outside. */
export function parseEscape(cursor: Cursor): CharacterSet {
  const start = cursor.at++;
  const property = cursor.match(/([pP])\{(\^?)([^}]*)\}/y);
  if (property) {
    const [, p, caret, name] = property;
    const set = named(cursor, name!, start);
    return (p === 'P') !== (caret === '^') ? complement(set) : set;
  }
  const code = cursor.match(/x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})/y);
  if (code) {
    const value = Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16);
    if (value > 0x10ffff) throw cursor.error('there is no such code point', start);
    return range(value, value);
  }
  const character = cursor.match(/[\s\S]/uy)?.[0];
  if (character === undefined) throw cursor.error('nothing follows this "\\"', start);
  const control = 'tnvfrae'.indexOf(character);
  if (control >= 0) {
    const value = [9, 10, 11, 12, 13, 7, 27][control]!;
    return range(value, value);
  }
  const name = { s: 'space', d: 'digit', w: 'word', h: 'xdigit' }[character.toLowerCase()];
  if (name) {
    const set = namedSet(name);
    return character === character.toLowerCase() ? set : complement(set);
  }
  if (/[1-9k]/.test(character)) throw cursor.error('back-references are not supported', start);
  if (/[A-Za-z0]/.test(character)) throw cursor.error(`\\${character} is not supported`, start);
  const value = character.codePointAt(0)!;
  return range(value, value);
}

/**
 * `[…]`, with ranges, sets inside, POSIX classes and intersections.
 *
 * @param ignoreCase  adds other cases to what the brackets list, before a `^` takes all the others
 */
export function parseBracket(cursor: Cursor, ignoreCase = false): CharacterSet {
  const start = cursor.at++;
  const negated = cursor.take('^');
  const operands: CharacterSet[][] = [[]];
  let first = true;
  for (; ; first = false) {
    if (cursor.at >= cursor.source.length) throw cursor.error('this "[" is not closed', start);
    if (!first && cursor.take(']')) break;
    const sets = operands.at(-1)!;
    if (cursor.take('&&')) operands.push([]);
    else sets.push(cursor.nested(() => bracketPart(cursor)));
  }
  if (operands.some((sets) => sets.length === 0)) throw cursor.error('an empty set', start);
  const listed = intersection(operands.map(union));
  const set = ignoreCase ? ignoringCase(listed) : listed;
  return negated ? complement(set) : set;
}

function bracketPart(cursor: Cursor): CharacterSet {
  const posix = cursor.match(/\[:(\^?)(\w+):\]/y);
  if (posix) {
    const name = posix[2]!.toLowerCase() === 'punct' ? 'PosixPunct' : posix[2]!;
    const set = named(cursor, name, cursor.at);
    return posix[1] ? complement(set) : set;
  }
  if (cursor.sees('[')) return parseBracket(cursor);
  const start = cursor.at;
  const from = cursor.sees('\\') ? parseEscape(cursor) : literal(cursor);
  if (!cursor.sees('-') || cursor.source[cursor.at + 1] === ']' || cursor.at + 1 >= cursor.source.length)
    return from;
  const lower = cursor.source.slice(start, cursor.at);
  const dash = cursor.at++;
  const upperStart = cursor.at;
  if (cursor.sees('[')) {
    cursor.at = dash;
    return union([from, literal(cursor)]);
  }
  const to = cursor.sees('\\') ? parseEscape(cursor) : literal(cursor);
  const [low, high] = [single(from), single(to)];
  if (low === undefined || high === undefined) {
    // `[\w-x]`: the dash stands for itself.
    if (low === undefined) return union([from, range(45, 45), to]);
    throw cursor.error(`${lower}-${cursor.source.slice(upperStart, cursor.at)} is no range`, start);
  }
  if (low > high) throw cursor.error('this range is the wrong way round', start);
  return range(low, high);
}

/** A character that stands for itself. */
export function literal(cursor: Cursor): CharacterSet {
  const value = cursor.character();
  return range(value, value);
}

function named(cursor: Cursor, name: string, start: number): CharacterSet {
  try {
    return namedSet(name);
  } catch (error) {
    throw cursor.error((error as Error).message.replace(/\.$/, ''), start);
  }
}

/** The one character of a set made of a literal. */
export function single({ key }: CharacterSet): number | undefined {
  const found = /^(\d+)-(\d+)$/.exec(key);
  return found && found[1] === found[2] ? Number(found[1]) : undefined;
}
