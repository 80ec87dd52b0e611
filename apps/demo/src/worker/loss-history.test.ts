import { describe, expect, test } from 'vitest';
import { extendHistory, type LossPoint, MovingAverage, noteHeldOut } from './loss-history.ts';

const points = (from: number, to: number): LossPoint[] =>
  Array.from({ length: to - from }, (_, i) => ({ step: from + i, training: 1 }));

describe('extendHistory', () => {
  test('keeps every point of a short run', () => {
    expect(extendHistory(points(1, 4), points(4, 6)).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
  });

  test('stays small over a long run, in order, with its first and last point and all that was held out', () => {
    let history: LossPoint[] = [];
    for (let step = 1; step < 20_000; step += 7) {
      history = extendHistory(history, points(step, step + 7));
      if (step % 490 === 1) history = noteHeldOut(history, step + 6, step);
    }
    expect(history.length).toBeLessThanOrEqual(1500);
    const steps = history.map(({ step }) => step);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps[0]).toBe(1);
    expect(steps.at(-1)).toBe(19_999); // 2857 times 7
    // 1, 491, 981, …: 41 of them below 20,000
    expect(history.filter(({ heldOut }) => heldOut !== undefined)).toHaveLength(41);
  });
});

describe('noteHeldOut', () => {
  test('marks the point of the step, or the last one before it', () => {
    const history = noteHeldOut(
      [
        { step: 2, training: 1 },
        { step: 4, training: 1 },
      ],
      3,
      0.5,
    );
    expect(history).toEqual([
      { step: 2, training: 1, heldOut: 0.5 },
      { step: 4, training: 1 },
    ]);
  });

  test('changes nothing when there is no such point', () => {
    expect(noteHeldOut([{ step: 2, training: 1 }], 1, 0.5)).toEqual([{ step: 2, training: 1 }]);
  });
});

describe('MovingAverage', () => {
  test('begins with the first value, without a pull towards zero', () => {
    const average = new MovingAverage();
    expect(average.add(3)).toBeCloseTo(3, 12);
    // (0.95 · 0.05 · 3 + 0.05 · 1) / (0.95 · 0.05 + 0.05) = 0.1925 / 0.0975
    expect(average.add(1)).toBeCloseTo(0.1925 / 0.0975, 12);
  });

  test('goes on from a mean', () => {
    // 0.95 · 2 + 0.05 · 1; the weight stays 1
    expect(new MovingAverage(2).add(1)).toBeCloseTo(1.95, 12);
  });
});
