import type { Sample } from '../../worker/protocol.ts';
import { count } from './format.ts';
import { promptInView } from './prompt-in-view.ts';
import type { WriteStore } from './write-store.ts';
import { WritingControls } from './writing-controls.tsx';

/** What the model writes, the latest first. */
export function Samples({ store }: { store: WriteStore }) {
  const samples = store.samples.value;
  return (
    <section class="card" aria-labelledby="samples-heading">
      <h2 id="samples-heading">Samples</h2>
      <WritingControls store={store} />
      {samples.length === 0 ? (
        <p class="hint">
          While it trains, the model writes every few seconds: first noise, then words, then sentences that
          look like the text.
        </p>
      ) : (
        <ol class="samples">
          {samples.map((sample) => (
            <li key={sample.id}>
              <WrittenSample sample={sample} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

function WrittenSample({ sample: { step, temperature, seed, prompt, text, finished } }: { sample: Sample }) {
  return (
    <figure>
      <figcaption>
        step {count(step)} · temperature {temperature} · seed {seed}
      </figcaption>
      <pre dir="auto" aria-busy={!finished}>
        {prompt && <b>{promptInView(prompt)}</b>}
        {text}
      </pre>
    </figure>
  );
}
