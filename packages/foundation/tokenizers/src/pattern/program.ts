import type { CharacterSet } from './character-set.ts';
import type { Look, PatternNode } from './parse-pattern.ts';
import { PatternError } from './pattern-error.ts';

/** One instruction: take a character of a set, go two ways (the first one preferred), check a neighbour, or succeed. */
export type Instruction =
  | { kind: 'take'; set: number; next: number }
  | { kind: 'split'; first: number; second: number }
  | { kind: 'look'; side: Look['side']; set: number; edge: boolean; next: number }
  | { kind: 'match' };

/** A pattern as a nondeterministic automaton (Thompson 1968) whose ways have an order of preference. */
export interface Program {
  instructions: Instruction[];
  start: number;
  /** What the instructions name by index. */
  sets: CharacterSet[];
  looksBack: boolean;
}

const mostInstructions = 20_000;

/** @throws PatternError if counted repetitions make it too large */
export function compile(node: PatternNode, source: string): Program {
  const instructions: Instruction[] = [];
  const sets: CharacterSet[] = [];
  const setIndexes = new Map<string, number>();
  let looksBack = false;

  const add = (instruction: Instruction): number => {
    if (instructions.length >= mostInstructions) {
      throw new PatternError(
        `pattern ${JSON.stringify(source.slice(0, 60))}: its repetitions are too large ` +
          `(more than ${mostInstructions} steps). Lower the numbers in {…}.`,
      );
    }
    return instructions.push(instruction) - 1;
  };
  const indexOf = (set: CharacterSet): number => {
    let index = setIndexes.get(set.key);
    if (index === undefined) setIndexes.set(set.key, (index = sets.push(set) - 1));
    return index;
  };

  /** Adds what matches the node and then goes to `next`; returns where it begins. */
  const build = (part: PatternNode, next: number): number => {
    switch (part.kind) {
      case 'set':
        return add({ kind: 'take', set: indexOf(part.set), next });
      case 'look':
        looksBack ||= part.side === 'previous';
        return add({ kind: 'look', side: part.side, set: indexOf(part.set), edge: part.edge, next });
      case 'sequence':
        return part.parts.reduceRight((after, child) => build(child, after), next);
      case 'choice': {
        const starts = part.options.map((option) => build(option, next));
        return starts.reduceRight((second, first) => add({ kind: 'split', first, second }));
      }
      case 'repeat': {
        const { node: child, min, max, greedy } = part;
        let at = next;
        const optional = (body: number, skip: number): Instruction =>
          greedy
            ? { kind: 'split', first: body, second: skip }
            : { kind: 'split', first: skip, second: body };
        if (max === Number.POSITIVE_INFINITY) {
          const loop = add({ kind: 'split', first: next, second: next });
          instructions[loop] = optional(build(child, loop), next);
          at = loop;
        } else for (let i = min; i < max; i++) at = add(optional(build(child, at), next));
        for (let i = 0; i < min; i++) at = build(child, at);
        return at;
      }
    }
  };

  const start = build(node, add({ kind: 'match' }));
  return { instructions, start, sets, looksBack };
}
