import {
  anything,
  type CharacterSet,
  complement,
  ignoringCase,
  namedSet,
  nothing,
  range,
  union,
} from './character-set.ts';
import { Cursor } from './cursor.ts';
import { literal, parseBracket, parseEscape, single } from './parse-set.ts';

/** A condition on the character on one side: it is in the set, or, where there is none, `edge`. */
export type Look = { kind: 'look'; side: 'next' | 'previous'; set: CharacterSet; edge: boolean };

export type PatternNode =
  | { kind: 'set'; set: CharacterSet }
  | { kind: 'sequence'; parts: PatternNode[] }
  | { kind: 'choice'; options: PatternNode[] }
  | { kind: 'repeat'; node: PatternNode; min: number; max: number; greedy: boolean }
  | Look;

const empty: PatternNode = { kind: 'sequence', parts: [] };
const notLineEnd = complement(range(10, 10));
const lineEnd = range(10, 10);

/**
 * Reads a regular expression in Oniguruma's syntax, as the patterns of `tokenizer.json` are written in.
 * What one pass from left to right cannot decide is refused: back-references, and looking further than one character.
 *
 * @throws PatternError saying where and why
 */
export function parsePattern(source: string): PatternNode {
  return new Parser(source).parse();
}

type Flags = { ignoreCase: boolean; dotAll: boolean };

class Parser {
  readonly #cursor: Cursor;

  constructor(source: string) {
    this.#cursor = new Cursor(source);
  }

  parse(): PatternNode {
    const node = this.#choice({ ignoreCase: false, dotAll: false });
    if (!this.#cursor.isAtEnd) throw this.#cursor.error('this ")" closes nothing');
    return node;
  }

  #choice(outer: Flags): PatternNode {
    const flags = { ...outer };
    const options: PatternNode[] = [];
    do options.push(this.#sequence(flags));
    while (this.#cursor.take('|'));
    // One character of several sets is one of their union, which may then be possessive, or looked for.
    const sets = options.flatMap((option) => (option.kind === 'set' ? [option.set] : []));
    if (sets.length === options.length) return { kind: 'set', set: union(sets) };
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(flags: Flags): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.#cursor.isAtEnd && !this.#cursor.sees('|') && !this.#cursor.sees(')')) {
      let part = this.#atom(flags);
      for (let repeated = this.#repeated(part); repeated; repeated = this.#repeated(part)) part = repeated;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(flags: Flags): PatternNode {
    if (this.#cursor.take('(')) return this.#cursor.nested(() => this.#group(flags));
    if (this.#cursor.sees('[')) return { kind: 'set', set: parseBracket(this.#cursor, flags.ignoreCase) };
    if (this.#cursor.take('.')) return { kind: 'set', set: flags.dotAll ? anything : notLineEnd };
    if (this.#cursor.take('^')) return look('previous', lineEnd, true);
    if (this.#cursor.take('$')) return look('next', lineEnd, true);
    if (this.#cursor.sees('\\')) return this.#escapeOutside(flags);
    if (/[*+?]/.test(this.#cursor.source[this.#cursor.at]!))
      throw this.#cursor.error('there is nothing to repeat');
    return { kind: 'set', set: this.#folded(literal(this.#cursor), flags) };
  }

  #group(flags: Flags): PatternNode {
    const start = this.#cursor.at - 1;
    let node: PatternNode;
    if (this.#cursor.take('?#')) {
      while (!this.#cursor.isAtEnd && !this.#cursor.sees(')')) this.#cursor.at++;
      node = empty;
    } else if (this.#cursor.take('?=')) node = this.#look('next', this.#choice(flags), false, start);
    else if (this.#cursor.take('?!')) node = this.#look('next', this.#choice(flags), true, start);
    else if (this.#cursor.take('?<=')) node = this.#look('previous', this.#choice(flags), false, start);
    else if (this.#cursor.take('?<!')) node = this.#look('previous', this.#choice(flags), true, start);
    else if (this.#cursor.take('?>')) {
      node = this.#choice(flags);
      if (node.kind !== 'set')
        throw this.#cursor.error('atomic groups of more than one character are not supported', start);
    } else if (this.#cursor.match(/\?<[\p{L}_]\w*>/uy)) node = this.#choice(flags);
    else if (this.#cursor.sees('?')) {
      const found = this.#cursor.match(/\?([im]*)(?:-([im]+))?([:)])/y);
      if (!found) throw this.#cursor.error('this kind of group is not supported', start);
      const [, on = '', off = '', end] = found;
      const inner = { ...flags };
      for (const [letters, value] of [
        [on, true],
        [off, false],
      ] as const) {
        if (letters.includes('i')) inner.ignoreCase = value;
        if (letters.includes('m')) inner.dotAll = value;
      }
      if (end === ')') {
        Object.assign(flags, inner);
        return empty;
      }
      node = this.#choice(inner);
    } else node = this.#choice(flags);
    if (!this.#cursor.take(')')) throw this.#cursor.error('this "(" is not closed', start);
    return node;
  }

  /** A condition of one character, or of the end. */
  #look(side: Look['side'], node: PatternNode, negated: boolean, start: number): PatternNode {
    const options = node.kind === 'choice' ? node.options : [node];
    const sets: CharacterSet[] = [];
    let edge = false;
    for (const option of options) {
      if (option.kind === 'set') sets.push(option.set);
      else if (option.kind === 'look' && option.side === side) {
        sets.push(option.set);
        edge ||= option.edge;
      } else throw this.#cursor.error('looking further than one character is not supported', start);
    }
    const set = union(sets);
    return negated ? look(side, complement(set), !edge) : look(side, set, edge);
  }

  #repeated(node: PatternNode): PatternNode | undefined {
    const start = this.#cursor.at;
    let [min, max] = [0, Number.POSITIVE_INFINITY];
    let counted = false;
    if (this.#cursor.take('*')) min = 0;
    else if (this.#cursor.take('+')) min = 1;
    else if (this.#cursor.take('?')) max = 1;
    else {
      const found = this.#cursor.match(/\{(\d*)(,?)(\d*)\}/y);
      if (!found) return undefined;
      if (found[1] === '' && found[3] === '') {
        this.#cursor.at = start;
        return undefined;
      }
      counted = true;
      min = Number(found[1] || 0);
      max = found[2] === '' ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
      if (min > max) throw this.#cursor.error(`{${min},${max}} is the wrong way round`, start);
    }
    if (this.#cursor.take('?')) return { kind: 'repeat', node, min, max, greedy: false };
    const greedy: PatternNode = { kind: 'repeat', node, min, max, greedy: true };
    // After a count, + is one more repetition (Ruby's rule).
    if (counted || !this.#cursor.take('+')) return greedy;
    if (node.kind !== 'set')
      throw this.#cursor.error('possessive groups of more than one character are not supported', start);
    // X*+ takes every X there is: what follows is no X. X?+ takes an X if there is one.
    const noMore = look('next', complement(node.set), true);
    if (max === 1) return { kind: 'choice', options: [node, noMore] };
    return { kind: 'sequence', parts: [greedy, noMore] };
  }

  #escapeOutside(flags: Flags): PatternNode {
    const letter = this.#cursor.source[this.#cursor.at + 1];
    const edge: Record<string, PatternNode> = {
      A: look('previous', nothing, true),
      z: look('next', nothing, true),
      b: boundary(true),
      B: boundary(false),
    };
    if (letter !== undefined && Object.hasOwn(edge, letter)) {
      this.#cursor.at += 2;
      return edge[letter]!;
    }
    if (letter === 'R') {
      this.#cursor.at += 2;
      const pair = [range(13, 13), range(10, 10)].map((set): PatternNode => ({ kind: 'set', set }));
      const single = union([range(10, 13), range(0x85, 0x85), range(0x2028, 0x2029)]);
      return {
        kind: 'choice',
        options: [
          { kind: 'sequence', parts: pair },
          { kind: 'set', set: single },
        ],
      };
    }
    return { kind: 'set', set: this.#folded(parseEscape(this.#cursor), flags) };
  }

  /** A named set stays as it is: `(?i)\p{Lu}` has no small letters in Oniguruma, though `(?i)[\p{Lu}]` has. */
  #folded(set: CharacterSet, { ignoreCase }: Flags): CharacterSet {
    return ignoreCase && single(set) !== undefined ? ignoringCase(set) : set;
  }
}

function look(side: Look['side'], set: CharacterSet, edge: boolean): Look {
  return { kind: 'look', side, set, edge };
}

function boundary(there: boolean): PatternNode {
  const word = namedSet('word');
  const other = complement(word);
  const sides = (before: CharacterSet, after: CharacterSet): PatternNode => ({
    kind: 'sequence',
    parts: [look('previous', before, before === other), look('next', after, after === other)],
  });
  const options = there ? [sides(word, other), sides(other, word)] : [sides(word, word), sides(other, other)];
  return { kind: 'choice', options };
}
