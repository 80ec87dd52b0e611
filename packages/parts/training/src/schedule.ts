import { ArgumentError, checkNumber } from '@ostinato/runtime';

/**
 * A learning rate over time: the rate of the step after `step` steps, 0 before the first. A pure function of the count that an
 * optimizer keeps in its state, so that a resumed run takes the rates of one that was never stopped.
 */
export type Schedule = (step: number) => number;

/** What every optimizer takes: one rate for all steps, or a schedule. */
export type LearningRate = number | Schedule;

/** Checks a rate at an optimizer's door; a schedule is checked at each step. */
export function checkLearningRate(where: string, learningRate: LearningRate): void {
  if (typeof learningRate !== 'function')
    checkNumber(where, 'learningRate', learningRate, 'a positive number');
}

/**
 * The rate of one step.
 *
 * @param step 1 for the first, as an optimizer counts
 * @throws ArgumentError when a schedule gives a negative rate or no number
 */
export function learningRateAt(where: string, learningRate: LearningRate, step: number): number {
  if (typeof learningRate !== 'function') return learningRate;
  const rate = learningRate(step - 1);
  if (Number.isFinite(rate) && rate >= 0) return rate;
  throw new ArgumentError(
    `${where}: the schedule gives the rate ${rate} for step ${step}, expected a finite number of 0 or more. Check the schedule's formula and its number of steps.`,
  );
}
