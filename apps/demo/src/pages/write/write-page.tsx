import { useCallback, useEffect, useMemo } from 'preact/hooks';
import { LossFigures } from './loss-figures.tsx';
import { LossSection } from './loss-section.tsx';
import { Messages } from './messages.tsx';
import { ModelFile } from './model-file.tsx';
import { Samples } from './samples.tsx';
import { SettingsForm } from './settings-form.tsx';
import { StatusLine } from './status-line.tsx';
import { takeFile } from './take-file.ts';
import { TextCard } from './text-card.tsx';
import { TrainingControls } from './training-controls.tsx';
import { useFileDrop } from './use-file-drop.ts';
import { openWorker } from './worker-connection.ts';

/** A recurrent network learns a text, character by character, and writes. */
export function WritePage() {
  const { store, close } = useMemo(openWorker, []);
  useEffect(() => close, [close]);
  const isOver = useFileDrop(useCallback((file) => takeFile(store, file), [store]));

  return (
    <div class={`write ${store.run.value ? 'has-model' : ''}`}>
      <div class="write-intro">
        <h1>Write</h1>
        <p>
          A recurrent network reads a text character by character, learns to guess what comes next, and writes
          by guessing; a plain 5-gram model is the mark to beat.
        </p>
      </div>
      <Messages store={store} />
      <div class="write-columns">
        <div class="write-controls">
          <section class="card" aria-labelledby="train-heading">
            <h2 id="train-heading">Model</h2>
            <TrainingControls store={store} />
            <SettingsForm store={store} />
            <ModelFile store={store} />
          </section>
          <TextCard store={store} isOver={isOver} />
        </div>
        <div class="write-results">
          <StatusLine store={store} />
          <LossFigures store={store} />
          <LossSection store={store} />
          <Samples store={store} />
        </div>
      </div>
    </div>
  );
}
