/** The losses at one step, in nats per character. */
export interface LossPoint {
  step: number;
  /** Of the training batches, smoothed. */
  training: number;
  /** Of the held-out text, where it was measured after this step. */
  heldOut?: number;
}

/** How many points a chart is given at most: more than it has pixels for would only cost time. */
const most = 1500;

/** Adds points to a history, and thins out the old ones when there are too many. What was held out is never lost. */
export function extendHistory(history: readonly LossPoint[], points: readonly LossPoint[]): LossPoint[] {
  let all = [...history, ...points];
  while (all.length > most) {
    const thinner = all.filter(
      (point, i) => i % 2 === 0 || i === all.length - 1 || point.heldOut !== undefined,
    );
    if (thinner.length === all.length) break;
    all = thinner;
  }
  return all;
}

/** Notes the held-out loss on the last point at or before its step. */
export function noteHeldOut(history: readonly LossPoint[], step: number, loss: number): LossPoint[] {
  const at = history.findLastIndex((point) => point.step <= step);
  return history.map((point, i) => (i === at ? { ...point, heldOut: loss } : point));
}

/**
 * An exponential moving average that forgets one part in twenty each step, and is no nearer to zero at the beginning
 * (the correction of Kingma & Ba 2015, section 3).
 */
export class MovingAverage {
  #sum: number;
  #weight: number;

  /** @param mean what the average was before, if it goes on */
  constructor(mean?: number) {
    this.#sum = mean ?? 0;
    this.#weight = mean === undefined ? 0 : 1;
  }

  add(value: number): number {
    this.#sum = 0.95 * this.#sum + 0.05 * value;
    this.#weight = 0.95 * this.#weight + 0.05;
    return this.#sum / this.#weight;
  }
}
