import { type PatternNode, parsePattern } from './parse-pattern.ts';
import { PatternError } from './pattern-error.ts';
import { compile, type Program } from './program.ts';

/** Kinds of characters: 0 is not looked up yet, then those below, then those that the pattern tells apart. */
const edge = 1;
const surrogate = 2;
const firstKind = 3;
const unitCount = 0x10000;
const mostStates = 4096;

/** How often, on average, a pattern may read each character again before it is refused. */
const readingsPerCharacter = 50;
const readingsAtLeast = 1_000_000;

/**
 * A regular expression that reads a text from left to right in one pass, whatever it is, so that no pattern from a file
 * can hang: a deterministic automaton built while it runs (Thompson 1968; the order of preference of a backtracking
 * matcher is kept, so that it finds what Oniguruma finds).
 */
export class Pattern {
  readonly source: string;
  readonly #program: Program;
  /** The kind of each UTF-16 code unit. */
  readonly #kinds = new Uint16Array(unitCount);
  readonly #kindsBeyond = new Map<number, number>();
  /** For each kind, which of the program's sets it is in. */
  #kindSets: Uint8Array[] = [];
  readonly #kindIndexes = new Map<string, number>();
  #stride = 16;
  /** `next state * 2 + (matched before this character)` by state and kind; −1 is not computed yet. */
  #table = new Int32Array(0);
  /** How far the last match looked. */
  #reach = 0;
  #states: State[] = [];
  #stateIndexes = new Map<string, number>();

  /** @throws PatternError saying where and why it is not supported */
  constructor(source: string, node: PatternNode = parsePattern(source)) {
    this.source = source;
    this.#program = compile(node, source);
    this.#kinds.fill(surrogate, 0xd800, 0xdc00);
    for (let kind = 0; kind < firstKind; kind++)
      this.#kindSets.push(new Uint8Array(this.#program.sets.length));
    this.#forget();
  }

  /**
   * The end of the match that begins at a place, or −1. Reads `text` no further than `end`, where the text ends for
   * the pattern.
   */
  matchAt(text: string, at: number, end: number = text.length): number {
    const kinds = this.#kinds;
    let state = this.#program.looksBack ? this.#startAfter(text, at) : 1;
    let matched = -1;
    let i = at;
    for (;;) {
      let kind = edge;
      let width = 1;
      if (i < end) {
        const unit = text.charCodeAt(i);
        kind = kinds[unit]!;
        if (kind < firstKind) {
          const codePoint = text.codePointAt(i)!;
          if (codePoint >= unitCount && i + 1 < end) width = 2;
          kind = this.#kindOf(width === 2 ? codePoint : unit);
        }
      }
      let step = this.#table[state * this.#stride + kind]!;
      if (step < 0) {
        const { threads, previous } = this.#states[state]!;
        step = this.#step(threads, previous, kind);
      }
      if ((step & 1) === 1) matched = i;
      state = step >> 1;
      if (state === 0 || i >= end) {
        this.#reach = i;
        return matched;
      }
      i += width;
    }
  }

  /**
   * Calls back for every match, from left to right. Empty ones are found too, but not right after another match.
   * @throws PatternError if the pattern reads the text again and again, as `a*b` does where no b comes
   */
  forEachMatch(text: string, callback: (start: number, end: number) => void): void {
    const budget = this.budget(text.length);
    let done = -1;
    for (let at = 0; at <= text.length; ) {
      const end = this.matchAt(text, at);
      budget(at);
      if (end > at || (end === at && at > done)) {
        callback(at, end);
        done = end;
      }
      if (end > at) at = end;
      else at += at < text.length && text.codePointAt(at)! >= unitCount ? 2 : 1;
    }
  }

  /** Whether the last match looked at the end of the text: more text could change it. */
  reachedEnd(text: string): boolean {
    return this.#reach >= text.length;
  }

  /**
   * Watches how much the pattern reads in a text of this length: to be told, after each `matchAt`, where it began, and
   * how much more text there is by now.
   * @throws PatternError (from the function) when it reads the text again and again
   */
  budget(length: number): (at: number, more?: number) => void {
    let left = Math.max(readingsAtLeast, readingsPerCharacter * length);
    return (at, more = 0) => {
      left += readingsPerCharacter * more - (this.#reach - at);
      if (left < 0) {
        throw new PatternError(
          `pattern ${JSON.stringify(this.source.slice(0, 60))}: it reads the text again and again ` +
            `(more than ${readingsPerCharacter} times). Write it so that a match is found soon after it begins.`,
        );
      }
    };
  }

  #startAfter(text: string, at: number): number {
    if (at === 0) return this.#intern([this.#program.start], edge);
    const low = (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00;
    const codePoint = text.codePointAt(at - (low && at > 1 ? 2 : 1))!;
    return this.#intern(
      [this.#program.start],
      this.#kindOf(codePoint >= unitCount ? codePoint : text.charCodeAt(at - 1)),
    );
  }

  #kindOf(codePoint: number): number {
    const known = codePoint < unitCount ? this.#kinds[codePoint]! : (this.#kindsBeyond.get(codePoint) ?? 0);
    if (known >= firstKind) return known;
    const sets = Uint8Array.from(this.#program.sets, (set) => Number(set.has(codePoint)));
    const key = sets.join('');
    let kind = this.#kindIndexes.get(key);
    if (kind === undefined) {
      kind = this.#kindSets.push(sets) - 1;
      this.#kindIndexes.set(key, kind);
      if (kind >= this.#stride) this.#widen();
    }
    // A high surrogate stays marked, so that the pair is looked at.
    if (codePoint >= unitCount) this.#kindsBeyond.set(codePoint, kind);
    else if ((codePoint & 0xfc00) !== 0xd800) this.#kinds[codePoint] = kind;
    return kind;
  }

  #widen(): void {
    const [before, old] = [this.#stride, this.#table];
    this.#stride *= 2;
    this.#table = new Int32Array((old.length / before) * this.#stride).fill(-1);
    for (let state = 0; state * before < old.length; state++) {
      this.#table.set(old.subarray(state * before, (state + 1) * before), state * this.#stride);
    }
  }

  /** Takes one more character, or the end, and remembers where that leads. */
  #step(threads: readonly number[], previous: number, kind: number): number {
    const { instructions, looksBack } = this.#program;
    const sets = this.#kindSets[kind]!;
    const taken: number[] = [];
    let matched = false;
    const seen = new Set<number>();
    const open = [...threads].reverse();
    while (open.length > 0 && !matched) {
      const at = open.pop()!;
      if (seen.has(at)) continue;
      seen.add(at);
      const instruction = instructions[at]!;
      if (instruction.kind === 'match') matched = true;
      else if (instruction.kind === 'split') open.push(instruction.second, instruction.first);
      else if (instruction.kind === 'take') {
        if (kind !== edge && sets[instruction.set] === 1 && !taken.includes(instruction.next))
          taken.push(instruction.next);
      } else {
        const neighbour = instruction.side === 'next' ? kind : previous;
        const holds =
          neighbour === edge ? instruction.edge : this.#kindSets[neighbour]![instruction.set] === 1;
        if (holds) open.push(instruction.next);
      }
    }
    if (this.#states.length >= mostStates) this.#forget();
    const from = this.#intern(threads, previous);
    const to = taken.length === 0 ? 0 : this.#intern(taken, looksBack ? kind : edge);
    const step = to * 2 + Number(matched);
    this.#table[from * this.#stride + kind] = step;
    return step;
  }

  #intern(threads: readonly number[], previous: number): number {
    const key = `${previous}:${threads.join()}`;
    let state = this.#stateIndexes.get(key);
    if (state === undefined) {
      state = this.#states.push({ threads, previous }) - 1;
      this.#stateIndexes.set(key, state);
      if ((state + 1) * this.#stride > this.#table.length) {
        const grown = new Int32Array(Math.max(64, 2 * (state + 1)) * this.#stride).fill(-1);
        grown.set(this.#table);
        this.#table = grown;
      }
    }
    return state;
  }

  #forget(): void {
    this.#states = [];
    this.#stateIndexes = new Map();
    this.#table = new Int32Array(0);
    this.#intern([], edge); // 0, where nothing can match
    this.#intern([this.#program.start], edge); // 1
  }
}

type State = { threads: readonly number[]; previous: number };
