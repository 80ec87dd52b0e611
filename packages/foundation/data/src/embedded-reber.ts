import { checkSize } from './check-size.ts';
import type { Random } from './random.ts';

export interface ReberBatch {
  /** [batch, time], row-major: ids of `reberSymbols`; 0 past a length. */
  inputs: Int32Array;
  /** [batch, time, 7], row-major: 1 for each symbol that may come next. */
  allowed: Uint8Array;
  /** [batch]: inputs of each string, all but its last symbol. */
  lengths: Int32Array;
  time: number;
}

/** The symbols by id. */
export const reberSymbols: readonly string[] = ['B', 'T', 'P', 'S', 'X', 'V', 'E'];

/** Reber's grammar: from each state, the symbols that may follow and the state behind each. */
const grammar: readonly (readonly (readonly [symbol: string, state: number])[])[] = [
  [['B', 1]],
  [['T', 2], ['P', 3]],
  [['S', 2], ['X', 4]],
  [['T', 3], ['V', 5]],
  [['X', 3], ['S', 6]],
  [['P', 4], ['V', 6]],
  [['E', 7]],
]; // biome-ignore format: one line for each state

/**
 * Strings of the embedded Reber grammar (Cleeremans, Servan-Schreiber & McClelland 1989,
 * https://doi.org/10.1162/neco.1989.1.3.372; Hochreiter & Schmidhuber 1997, experiment 1): B, then T or P, a string of
 * Reber's grammar, and the same T or P again, E. To know the last T or P is to remember the first.
 *
 * @throws RangeError for fewer than one string
 */
export function embeddedReber({ batchSize }: { batchSize: number }, random: Random): ReberBatch {
  checkSize('embeddedReber', 'batchSize', batchSize);
  const strings = Array.from({ length: batchSize }, () => embedded(random));
  const time = Math.max(...strings.map(({ symbols }) => symbols.length - 1));
  const width = reberSymbols.length;
  const batch: ReberBatch = {
    inputs: new Int32Array(batchSize * time),
    allowed: new Uint8Array(batchSize * time * width),
    lengths: Int32Array.from(strings, ({ symbols }) => symbols.length - 1),
    time,
  };
  strings.forEach(({ symbols, next }, i) => {
    for (let t = 0; t < symbols.length - 1; t++) {
      batch.inputs[i * time + t] = reberSymbols.indexOf(symbols[t]!);
      for (const symbol of next[t]!) {
        batch.allowed[(i * time + t) * width + reberSymbols.indexOf(symbol)] = 1;
      }
    }
  });
  return batch;
}

/** A string, and after each of its symbols those that may come next. */
function embedded(random: Random): { symbols: string[]; next: string[][] } {
  const gate = random.integer(2) === 0 ? 'T' : 'P';
  const symbols = ['B', gate];
  const next = [['T', 'P'], ['B']];
  let state = 0;
  while (state < grammar.length) {
    const ways = grammar[state]!;
    const [symbol, following] = ways[random.integer(ways.length)]!;
    symbols.push(symbol);
    state = following;
    next.push(state < grammar.length ? grammar[state]!.map(([symbol]) => symbol) : [gate]);
  }
  symbols.push(gate, 'E');
  next.push(['E'], []);
  return { symbols, next };
}
