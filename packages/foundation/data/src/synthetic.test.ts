import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addingBaseline, addingProblem } from './adding-problem.ts';
import { copyBaseline, copyMemory, copyVocabularySize } from './copy-memory.ts';
import { embeddedReber, reberSymbols } from './embedded-reber.ts';
import type { Random } from './random.ts';
import { temporalOrder, temporalOrderSymbols } from './temporal-order.ts';

/** A linear congruential generator (Numerical Recipes), enough for tests. */
function generator(seed: number): Random {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return { uniform, integer: (bound) => Math.floor(uniform() * bound) };
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 });

test('adding: one number of either half is marked, and the target is their sum', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 2, max: 30 }), (seed, time) => {
      const { inputs, targets } = addingProblem({ batchSize: 3, time }, generator(seed));
      for (let i = 0; i < 3; i++) {
        const row = [...inputs.subarray(i * time * 2, (i + 1) * time * 2)];
        const marked = Array.from({ length: time }, (_, t) => t).filter((t) => row[2 * t + 1] === 1);
        expect(marked.map((t) => t >= Math.floor(time / 2))).toEqual([false, true]);
        expect(row[2 * marked[0]!]! + row[2 * marked[1]!]!).toBeCloseTo(targets[i]!, 6);
      }
    }),
  );
});

test('adding: the error of the constant answer is the baseline', () => {
  const { targets } = addingProblem({ batchSize: 20_000, time: 4 }, generator(1));
  const error = targets.reduce((sum, target) => sum + (target - 1) ** 2, 0) / targets.length;
  // the standard error of the mean of 20,000 squares is below 0.002
  expect(Math.abs(error - addingBaseline)).toBeLessThan(0.006);
});

test('copy: the beginning is asked for at the end, after the signal', () => {
  const { inputs, targets, time } = copyMemory(
    { batchSize: 2, delay: 3, length: 2, symbols: 4 },
    generator(1),
  );
  expect(time).toBe(7);
  for (const row of [0, 7]) {
    const [given, asked] = [[...inputs].slice(row, row + 7), [...targets].slice(row, row + 7)];
    expect(given.slice(2)).toEqual([0, 0, 5, 0, 0]);
    expect(asked).toEqual([0, 0, 0, 0, 0, ...given.slice(0, 2)]);
    expect(given.slice(0, 2).every((id) => id >= 1 && id <= 4)).toBe(true);
  }
  expect(copyVocabularySize(4)).toBe(6);
  // 10 symbols of log 8 nats over 120 steps
  expect(copyBaseline({ delay: 100 })).toBeCloseTo((10 * Math.log(8)) / 120, 12);
});

test('temporal order: two symbols in their places, the class is their order', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 10, max: 60 }), (seed, time) => {
      const { inputs, targets } = temporalOrder({ batchSize: 2, time }, generator(seed));
      const tenth = Math.floor(time / 10);
      for (let i = 0; i < 2; i++) {
        const symbols = [...inputs.subarray(i * time, (i + 1) * time)].map((id) => temporalOrderSymbols[id]!);
        const places = symbols.flatMap((symbol, t) => ('XY'.includes(symbol) ? [t] : []));
        expect(places.length).toBe(2);
        expect(places[0]! >= tenth && places[0]! < 2 * tenth).toBe(true);
        expect(places[1]! >= 5 * tenth && places[1]! < 6 * tenth).toBe(true);
        expect(['XX', 'XY', 'YX', 'YY'].indexOf(places.map((t) => symbols[t]).join(''))).toBe(targets[i]);
        expect([symbols[0], symbols.at(-1)]).toEqual(['B', 'E']);
      }
    }),
  );
});

test('Reber: every string is in the grammar, and every next symbol is among those allowed', () => {
  // Reber's grammar as a regular expression, written down from its diagram
  const inner = 'B(?:TS*X(?:XT*V(?:PXT*V)*(?:PS|V)|S)|PT*V(?:PXT*V)*(?:PS|V))E';
  const language = new RegExp(`^B(?:T${inner}T|P${inner}P)E$`);
  const { inputs, allowed, lengths, time } = embeddedReber({ batchSize: 300 }, generator(3));
  for (let i = 0; i < 300; i++) {
    const ids = [...inputs.subarray(i * time, i * time + lengths[i]!)];
    const text = ids.map((id) => reberSymbols[id]).join('');
    expect(`${text}E`).toMatch(language);
    ids.forEach((_, t) => {
      const from = (i * time + t) * 7;
      const may = [...allowed.subarray(from, from + 7)];
      const next = t + 1 < ids.length ? ids[t + 1]! : reberSymbols.indexOf('E');
      expect(may[next]).toBe(1);
    });
    // Before the last T or P exactly one symbol is allowed: the second of the string.
    const gate = (i * time + lengths[i]! - 2) * 7;
    expect([...allowed.subarray(gate, gate + 7)]).toEqual(
      reberSymbols.map((_, id) => (id === ids[1] ? 1 : 0)),
    );
  }
});

test('the same seed gives the same batch; sizes that are none are refused', () => {
  expect(embeddedReber({ batchSize: 5 }, generator(9))).toEqual(
    embeddedReber({ batchSize: 5 }, generator(9)),
  );
  expect(() => addingProblem({ batchSize: 1, time: 1 }, generator(1))).toThrow(
    '`time` is 1, expected a whole number of at least 2',
  );
  expect(() => copyMemory({ batchSize: 0, delay: 1 }, generator(1))).toThrow('`batchSize` is 0');
  expect(() => temporalOrder({ batchSize: 1, time: 9.5 }, generator(1))).toThrow('`time` is 9.5');
});
