import { count, nats } from './format.ts';
import type { WriteStore } from './write-store.ts';

/** The state of the training as a sentence or two; nothing before the first step. */
export function describeProgress({ latest, run }: Pick<WriteStore, 'latest' | 'run'>): string {
  const { point, heldOut } = latest.value;
  if (!point || !run.value) return '';
  const training = `Step ${count(point.step)}: training loss ${nats(point.training)} nats per character.`;
  if (heldOut?.heldOut === undefined) return training;
  const { order, loss } = run.value.baseline;
  const gap = heldOut.heldOut - loss;
  const place = gap > 0 ? `${nats(gap)} above` : `${nats(-gap)} below`;
  return `${training} Held-out loss ${nats(heldOut.heldOut)}: ${place} the ${order}-gram model’s ${nats(loss)}.`;
}
