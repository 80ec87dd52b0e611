import { ArgumentError, checkNumber } from '@ostinato/runtime';
import type { Schedule } from './schedule.ts';

/** The same rate at every step. */
export function constantSchedule(rate: number): Schedule {
  checkNumber('constantSchedule', 'rate', rate, 'a positive number');
  return () => rate;
}

/** Multiplied by `factor` after every `every` steps. */
export function stepSchedule(
  rate: number,
  { every, factor = 0.1 }: { every: number; factor?: number },
): Schedule {
  checkNumber('stepSchedule', 'rate', rate, 'a positive number');
  checkNumber('stepSchedule', 'every', every, 'a positive integer');
  checkNumber('stepSchedule', 'factor', factor, 'a positive number');
  return (step) => rate * factor ** Math.floor(step / every);
}

/** Multiplied by `factor` at every step, or smoothly by `factor` over every `every` steps. */
export function exponentialSchedule(
  rate: number,
  { factor, every = 1 }: { factor: number; every?: number },
): Schedule {
  checkNumber('exponentialSchedule', 'rate', rate, 'a positive number');
  checkNumber('exponentialSchedule', 'factor', factor, 'a positive number');
  checkNumber('exponentialSchedule', 'every', every, 'a positive integer');
  return (step) => rate * factor ** (step / every);
}

/**
 * Half a wave of a cosine from `rate` down to `floor` (Loshchilov & Hutter 2017, https://arxiv.org/abs/1608.03983, equation 5,
 * without restarts). After `steps` it stays at the floor.
 */
export function cosineSchedule(
  rate: number,
  { steps, floor = 0 }: { steps: number; floor?: number },
): Schedule {
  checkNumber('cosineSchedule', 'rate', rate, 'a positive number');
  checkNumber('cosineSchedule', 'steps', steps, 'a positive integer');
  checkFloor('cosineSchedule', floor, rate);
  return (step) => cosineBetween(rate, floor, Math.min(1, step / steps));
}

/**
 * Rises in a line over the first `steps` steps, from `startFactor` times the first rate of `next` to that rate; then `next`
 * begins (Goyal et al. 2017, https://arxiv.org/abs/1706.02677, section 2.2).
 */
export function warmUp(
  next: Schedule | number,
  { steps, startFactor = 0 }: { steps: number; startFactor?: number },
): Schedule {
  checkNumber('warmUp', 'steps', steps, 'a positive integer');
  checkNumber('warmUp', 'startFactor', startFactor, 'a number from 0 to 1');
  const after = typeof next === 'number' ? constantSchedule(next) : next;
  return (step) =>
    step >= steps ? after(step - steps) : after(0) * (startFactor + ((1 - startFactor) * step) / steps);
}

/**
 * One cycle (Smith & Topin 2018, https://arxiv.org/abs/1708.07120), in two half waves as PyTorch: up from `peak · startFactor`
 * over the first `riseFraction` of the steps, then down to `peak · endFactor`, where it stays.
 */
export function oneCycleSchedule(
  peak: number,
  {
    steps,
    riseFraction = 0.3,
    startFactor = 1 / 25,
    endFactor = 1 / 25e4,
  }: { steps: number; riseFraction?: number; startFactor?: number; endFactor?: number },
): Schedule {
  const name = 'oneCycleSchedule';
  checkNumber(name, 'peak', peak, 'a positive number');
  checkNumber(name, 'steps', steps, 'a positive integer');
  checkNumber(name, 'riseFraction', riseFraction, 'a number from 0 to below 1');
  checkNumber(name, 'startFactor', startFactor, 'a number from 0 to 1');
  checkNumber(name, 'endFactor', endFactor, 'a number from 0 to 1');
  const top = riseFraction * steps - 1;
  const last = steps - 1;
  return (step) =>
    step < top
      ? cosineBetween(peak * startFactor, peak, step / top)
      : cosineBetween(peak, peak * endFactor, step >= last ? 1 : (step - top) / (last - top));
}

/**
 * Slanted triangular rates (Howard & Ruder 2018, https://arxiv.org/abs/1801.06146, equation 3): a short line up over the first
 * `cutFraction` of the steps, a long one down, between `peak / ratio` and `peak`.
 */
export function slantedTriangularSchedule(
  peak: number,
  { steps, cutFraction = 0.1, ratio = 32 }: { steps: number; cutFraction?: number; ratio?: number },
): Schedule {
  const name = 'slantedTriangularSchedule';
  checkNumber(name, 'peak', peak, 'a positive number');
  checkNumber(name, 'steps', steps, 'a positive integer');
  checkNumber(name, 'cutFraction', cutFraction, 'a number from 0 to below 1');
  checkNumber(name, 'ratio', ratio, 'a positive number');
  const cut = Math.floor(steps * cutFraction);
  return (step) => {
    const share = step < cut ? step / cut : Math.max(0, 1 - (step - cut) / (steps - cut));
    return (peak * (1 + share * (ratio - 1))) / ratio;
  };
}

function cosineBetween(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}

function checkFloor(where: string, floor: number, rate: number): void {
  checkNumber(where, 'floor', floor, 'a finite number');
  if (floor >= 0 && floor <= rate) return;
  throw new ArgumentError(`${where}: \`floor\` is ${floor}, expected a number from 0 to the rate, ${rate}.`);
}
