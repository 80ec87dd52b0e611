import {
  anything,
  type CharacterSet,
  complement,
  ignoringCase,
  intersection,
  namedSet,
  nothing,
  range,
  union,
} from './character-set.ts';
import { PatternError } from './pattern-error.ts';

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
const deepest = 200;

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
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): PatternNode {
    const node = this.#choice({ ignoreCase: false, dotAll: false });
    if (this.#at < this.#source.length) throw this.#error('this ")" closes nothing');
    return node;
  }

  #choice(outer: Flags): PatternNode {
    if (++this.#depth > deepest) throw this.#error(`groups are nested deeper than ${deepest}`);
    const flags = { ...outer };
    const options: PatternNode[] = [];
    do options.push(this.#sequence(flags));
    while (this.#take('|'));
    this.#depth--;
    return options.length === 1 ? options[0]! : { kind: 'choice', options };
  }

  #sequence(flags: Flags): PatternNode {
    const parts: PatternNode[] = [];
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')')) {
      let part = this.#atom(flags);
      for (let repeated = this.#repeated(part); repeated; repeated = this.#repeated(part)) part = repeated;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  #atom(flags: Flags): PatternNode {
    if (this.#take('(')) return this.#group(flags);
    if (this.#sees('[')) return { kind: 'set', set: this.#folded(this.#bracket(), flags) };
    if (this.#take('.')) return { kind: 'set', set: flags.dotAll ? anything : notLineEnd };
    if (this.#take('^')) return look('previous', lineEnd, true);
    if (this.#take('$')) return look('next', lineEnd, true);
    if (this.#sees('\\')) return this.#escapeOutside(flags);
    if (/[*+?]/.test(this.#source[this.#at]!)) throw this.#error('there is nothing to repeat');
    return { kind: 'set', set: this.#folded(this.#literal(), flags) };
  }

  #group(flags: Flags): PatternNode {
    const start = this.#at - 1;
    let node: PatternNode;
    if (this.#take('?#')) {
      while (this.#at < this.#source.length && !this.#sees(')')) this.#at++;
      node = empty;
    } else if (this.#take('?=')) node = this.#look('next', this.#choice(flags), false, start);
    else if (this.#take('?!')) node = this.#look('next', this.#choice(flags), true, start);
    else if (this.#take('?<=')) node = this.#look('previous', this.#choice(flags), false, start);
    else if (this.#take('?<!')) node = this.#look('previous', this.#choice(flags), true, start);
    else if (this.#take('?>')) {
      node = this.#choice(flags);
      if (node.kind !== 'set') throw this.#error('atomic groups are not supported', start);
    } else if (this.#match(/\?<[\p{L}_]\w*>/uy)) node = this.#choice(flags);
    else if (this.#sees('?')) {
      const found = this.#match(/\?([im]*)(?:-([im]+))?([:)])/y);
      if (!found) throw this.#error('this kind of group is not supported', start);
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
    if (!this.#take(')')) throw this.#error('this "(" is not closed', start);
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
      } else throw this.#error('looking further than one character is not supported', start);
    }
    const set = union(sets);
    return negated ? look(side, complement(set), !edge) : look(side, set, edge);
  }

  #repeated(node: PatternNode): PatternNode | undefined {
    const start = this.#at;
    let [min, max] = [0, Number.POSITIVE_INFINITY];
    let counted = false;
    if (this.#take('*')) min = 0;
    else if (this.#take('+')) min = 1;
    else if (this.#take('?')) max = 1;
    else {
      const found = this.#match(/\{(\d*)(,?)(\d*)\}/y);
      if (!found) return undefined;
      if (found[1] === '' && found[3] === '') {
        this.#at = start;
        return undefined;
      }
      counted = true;
      min = Number(found[1] || 0);
      max = found[2] === '' ? min : found[3] === '' ? Number.POSITIVE_INFINITY : Number(found[3]);
      if (min > max) throw this.#error(`{${min},${max}} is the wrong way round`, start);
    }
    if (this.#take('?')) return { kind: 'repeat', node, min, max, greedy: false };
    const greedy: PatternNode = { kind: 'repeat', node, min, max, greedy: true };
    // After a count, + is one more repetition (Ruby's rule).
    if (counted || !this.#take('+')) return greedy;
    if (node.kind !== 'set') throw this.#error('possessive groups are not supported', start);
    // X*+ takes every X there is: what follows is no X. X?+ takes an X if there is one.
    const noMore = look('next', complement(node.set), true);
    if (max === 1) return { kind: 'choice', options: [node, noMore] };
    return { kind: 'sequence', parts: [greedy, noMore] };
  }

  #escapeOutside(flags: Flags): PatternNode {
    const letter = this.#source[this.#at + 1];
    const edge: Record<string, PatternNode> = {
      A: look('previous', nothing, true),
      z: look('next', nothing, true),
      b: boundary(true),
      B: boundary(false),
    };
    if (letter !== undefined && Object.hasOwn(edge, letter)) {
      this.#at += 2;
      return edge[letter]!;
    }
    if (letter === 'R') {
      this.#at += 2;
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
    return { kind: 'set', set: this.#folded(this.#escape(), flags) };
  }

  /** An escape that stands for a set of characters, inside brackets or outside. */
  #escape(): CharacterSet {
    const start = this.#at++;
    const property = this.#match(/([pP])\{(\^?)([^}]*)\}/y);
    if (property) {
      const [, p, caret, name] = property;
      const set = this.#named(name!, start);
      return (p === 'P') !== (caret === '^') ? complement(set) : set;
    }
    const code = this.#match(/x\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{4})/y);
    if (code) {
      const value = Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16);
      if (value > 0x10ffff) throw this.#error('there is no such code point', start);
      return range(value, value);
    }
    const character = this.#match(/[\s\S]/uy)?.[0];
    if (character === undefined) throw this.#error('nothing follows this "\\"', start);
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
    if (/[1-9k]/.test(character)) throw this.#error('back-references are not supported', start);
    if (/[A-Za-z0]/.test(character)) throw this.#error(`\\${character} is not supported`, start);
    const value = character.codePointAt(0)!;
    return range(value, value);
  }

  #bracket(): CharacterSet {
    const start = this.#at++;
    if (++this.#depth > deepest) throw this.#error(`brackets are nested deeper than ${deepest}`);
    const negated = this.#take('^');
    const operands: CharacterSet[][] = [[]];
    let first = true;
    for (; ; first = false) {
      if (this.#at >= this.#source.length) throw this.#error('this "[" is not closed', start);
      if (!first && this.#take(']')) break;
      const sets = operands.at(-1)!;
      if (this.#take('&&')) operands.push([]);
      else sets.push(this.#bracketPart());
    }
    this.#depth--;
    if (operands.some((sets) => sets.length === 0)) throw this.#error('an empty set', start);
    const set = intersection(operands.map(union));
    return negated ? complement(set) : set;
  }

  #bracketPart(): CharacterSet {
    const posix = this.#match(/\[:(\^?)(\w+):\]/y);
    if (posix)
      return posix[1] ? complement(this.#named(posix[2]!, this.#at)) : this.#named(posix[2]!, this.#at);
    if (this.#sees('[')) return this.#bracket();
    const start = this.#at;
    const from = this.#sees('\\') ? this.#escape() : this.#literal();
    if (!this.#sees('-') || this.#source[this.#at + 1] === ']' || this.#at + 1 >= this.#source.length)
      return from;
    const lower = this.#source.slice(start, this.#at);
    const dash = this.#at++;
    const upperStart = this.#at;
    if (this.#sees('[')) {
      this.#at = dash;
      return union([from, this.#literal()]);
    }
    const to = this.#sees('\\') ? this.#escape() : this.#literal();
    const [low, high] = [single(from), single(to)];
    if (low === undefined || high === undefined) {
      // `[\w-x]`: the dash stands for itself.
      if (low === undefined) return union([from, range(45, 45), to]);
      throw this.#error(`${lower}-${this.#source.slice(upperStart, this.#at)} is no range`, start);
    }
    if (low > high) throw this.#error('this range is the wrong way round', start);
    return range(low, high);
  }

  #literal(): CharacterSet {
    const value = this.#source.codePointAt(this.#at)!;
    this.#at += value > 0xffff ? 2 : 1;
    return range(value, value);
  }

  #named(name: string, start: number): CharacterSet {
    try {
      return namedSet(name);
    } catch (error) {
      throw this.#error((error as Error).message.replace(/\.$/, ''), start);
    }
  }

  #folded(set: CharacterSet, { ignoreCase }: Flags): CharacterSet {
    return ignoreCase ? ignoringCase(set) : set;
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    if (!this.#sees(text)) return false;
    this.#at += text.length;
    return true;
  }

  #match(expression: RegExp): RegExpExecArray | null {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#source);
    if (found) this.#at += found[0].length;
    return found;
  }

  #error(what: string, at = this.#at): PatternError {
    return new PatternError(
      `pattern ${JSON.stringify(shortened(this.#source))}, character ${at + 1}: ${what}.`,
    );
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

/** The one character of a set made of a literal. */
function single({ key }: CharacterSet): number | undefined {
  const found = /^(\d+)-(\d+)$/.exec(key);
  return found && found[1] === found[2] ? Number(found[1]) : undefined;
}

function shortened(source: string): string {
  return source.length > 60 ? `${source.slice(0, 60)}…` : source;
}
