import { describeProgress } from './describe-progress.ts';
import { count } from './format.ts';
import { LossChart } from './loss-chart.tsx';
import { LossTable } from './loss-table.tsx';
import type { WriteStore } from './write-store.ts';

/** The losses over time: as a chart, in words, and as a table. */
export function LossSection({ store }: { store: WriteStore }) {
  const run = store.run.value;
  return (
    <section class="card" aria-labelledby="loss-heading">
      <h2 id="loss-heading">Loss</h2>
      {run && store.history.value.length > 0 ? (
        <>
          <ul class="legend">
            <li class="series-training">training, smoothed</li>
            <li class="series-held-out">held out</li>
            <li class="series-baseline">{run.baseline.order}-gram model, held out</li>
          </ul>
          <LossChart store={store} />
          <p>{describeProgress(store)}</p>
          <p class="hint">
            Both models learn the first {count(run.trainingCharacters)} characters; both are scored on the
            first {count(run.scoredCharacters)} of the {count(run.heldOutCharacters)} held out. The baseline
            is interpolated modified Kneser-Ney; the network has {count(run.parameters)} parameters and knows{' '}
            {count(run.vocabularySize)} tokens.
          </p>
          <LossTable store={store} />
        </>
      ) : (
        <p class="hint">
          The losses show here when training starts, beside that of a 5-gram model of the same text.
        </p>
      )}
    </section>
  );
}
