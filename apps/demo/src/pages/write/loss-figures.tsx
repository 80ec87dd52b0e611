import { count, nats, perplexityText } from './format.ts';
import type { WriteStore } from './write-store.ts';

/** The numbers of the moment. */
export function LossFigures({
  store: { latest, run, step, epoch, phase, charactersPerSecond },
}: {
  store: WriteStore;
}) {
  const { point, heldOut } = latest.value;
  const held = heldOut?.heldOut;
  const figures: { name: string; value: string | undefined; unit: string }[] = [
    { name: 'Training loss', value: point && nats(point.training), unit: 'nats per character' },
    { name: 'Held-out loss', value: held === undefined ? undefined : nats(held), unit: 'nats per character' },
    {
      name: 'Perplexity',
      value: held === undefined ? undefined : perplexityText(Math.exp(held)),
      unit: 'held out, per character',
    },
    {
      name: `${run.value?.baseline.order ?? 5}-gram loss`,
      value: run.value && nats(run.value.baseline.loss),
      unit: 'nats per character',
    },
    { name: 'Step', value: run.value && count(step.value), unit: `epoch ${epoch.value + 1}` },
    {
      name: 'Speed',
      // Of now: what stands still has none.
      value:
        phase.value === 'running' && charactersPerSecond.value > 0
          ? count(charactersPerSecond.value)
          : undefined,
      unit: 'characters per second',
    },
  ];
  return (
    <dl class="figures">
      {figures.map(({ name, value, unit }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span class="figure">{value ?? '–'}</span>
            <span class="unit">{unit}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
