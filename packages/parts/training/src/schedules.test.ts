import { startRuntime } from '@ostinato/runtime';
import '@ostinato/test-kit';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { chain } from './optimizer.ts';
import { reduceOnPlateau } from './reduce-on-plateau.ts';
import type { Schedule } from './schedule.ts';
import reference from './schedules.reference.json' with { type: 'json' };
import {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  oneCycleSchedule,
  slantedTriangularSchedule,
  stepSchedule,
  warmUp,
} from './schedules.ts';
import { sgd } from './sgd.ts';

beforeAll(() => startRuntime());

const schedules: Record<Exclude<keyof typeof reference, 'source' | 'plateau'>, Schedule> = {
  constant: constantSchedule(0.2),
  step: stepSchedule(0.2, { every: 30, factor: 0.5 }),
  exponential: exponentialSchedule(0.2, { factor: 0.97 }),
  cosine: cosineSchedule(0.2, { steps: 100, floor: 0.01 }),
  warmUp: warmUp(cosineSchedule(0.2, { steps: 85 }), { steps: 15, startFactor: 0.1 }),
  oneCycle: oneCycleSchedule(0.2, { steps: 101 }),
  slantedTriangular: slantedTriangularSchedule(0.2, { steps: 100 }),
};

test.each(Object.entries(schedules) as [keyof typeof schedules, Schedule][])(
  '%s takes the rates of PyTorch, over 100 steps',
  (name, schedule) => {
    for (const [step, rate] of reference[name].entries()) {
      expect(Math.abs(schedule(step) - rate), `step ${step}`).toBeLessThan(1e-9);
    }
  },
);

test('no schedule leaves its bounds, however far it is asked', () => {
  const any = fc.record({
    steps: fc.integer({ min: 1, max: 1000 }),
    step: fc.integer({ min: 0, max: 3000 }),
    share: fc.double({ min: 0, max: 0.99, noNaN: true }),
  });
  fc.assert(
    fc.property(any, ({ steps, step, share }) => {
      for (const schedule of [
        cosineSchedule(1, { steps }),
        oneCycleSchedule(1, { steps, riseFraction: share }),
        slantedTriangularSchedule(1, { steps, cutFraction: share }),
        warmUp(1, { steps, startFactor: share }),
      ]) {
        expect(schedule(step)).toBeGreaterThanOrEqual(0);
        expect(schedule(step)).toBeLessThanOrEqual(1 + 1e-12);
      }
    }),
  );
});

describe('reduceOnPlateau', () => {
  const settings = {
    patient: { factor: 0.5, patience: 4 },
    cooled: { factor: 0.7, patience: 2, cooldown: 3, threshold: 0.01, floor: 0.1 },
  };

  test('a loss that stays the same to the last digit is no better, with no threshold', () => {
    // torch.optim.lr_scheduler.ReduceLROnPlateau(patience=1, threshold=0, factor=0.5) over ten losses of 0.1
    const scales = [1, 1, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125, 0.0625, 0.0625];
    const optimizer = reduceOnPlateau({ patience: 1, threshold: 0, factor: 0.5 });
    let state = optimizer.init({});
    for (const [i, scale] of scales.entries()) {
      state = optimizer.observe!(state, 0.1);
      expect((state as { scale: tf.Scalar }).scale.dataSync()[0], `evaluation ${i}`).toBe(scale);
    }
  });

  test.each(['patient', 'cooled'] as const)('%s falls when PyTorch falls', (name) => {
    const { losses, [name]: scales } = reference.plateau;
    const params = tf.scalar(0);
    const gradient = tf.scalar(1);
    const optimizer = chain(sgd({ learningRate: 1 }), reduceOnPlateau(settings[name]));
    let state = optimizer.init(params);
    for (const [i, loss] of losses.entries()) {
      state = optimizer.observe!(state, loss);
      const next = optimizer.update(params, gradient, state);
      expect(next.updates, `evaluation ${i}`).toBeAllClose(-scales[i]!, { absolute: 1e-6 });
      state = next.state;
    }
    expect(new Set(scales).size).toBeGreaterThan(2); // else nothing was tested
  });

  test('refuses what is no share', () => {
    expect(() => reduceOnPlateau({ factor: 1 })).toThrow('reduceOnPlateau: `factor` is 1');
  });
});

test.each([
  [() => cosineSchedule(0.1, { steps: 10, floor: 0.2 }), 'cosineSchedule: `floor` is 0.2'],
  [() => stepSchedule(0.1, { every: 0 }), 'stepSchedule: `every` is 0'],
  [() => exponentialSchedule(0, { factor: 0.5 }), 'exponentialSchedule: `rate` is 0'],
  [() => warmUp(0.1, { steps: 1.5 }), 'warmUp: `steps` is 1.5'],
  [() => oneCycleSchedule(0.1, { steps: 10, riseFraction: 1 }), 'oneCycleSchedule: `riseFraction` is 1'],
  [() => slantedTriangularSchedule(0.1, { steps: 10, ratio: 0 }), 'slantedTriangularSchedule: `ratio` is 0'],
])('bad settings are refused: %#', (make, message) => {
  expect(make).toThrow(message);
});
