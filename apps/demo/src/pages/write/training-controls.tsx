import type { WriteStore } from './write-store.ts';

/** Start, pause, resume, reset. */
export function TrainingControls({ store }: { store: WriteStore }) {
  const phase = store.phase.value;
  const { kept, run, settings } = store;
  const main =
    phase === 'running' || phase === 'pausing'
      ? { label: 'Pause', act: () => store.send({ type: 'pause' }) }
      : run.value
        ? { label: 'Resume', act: () => store.send({ type: 'resume' }) }
        : { label: 'Start training', act: () => store.send({ type: 'start', settings: settings.value }) };
  // Not `disabled`, which would take the focus away from whoever has just pressed it.
  const isBusy = phase === 'starting' || phase === 'pausing' || phase === 'busy' || phase === 'broken';

  return (
    <>
      <div class="row">
        <button type="button" class="primary" aria-disabled={isBusy} onClick={isBusy ? undefined : main.act}>
          {main.label}
        </button>
        <button
          type="button"
          disabled={!run.value || phase === 'busy' || phase === 'broken'}
          onClick={() => store.send({ type: 'reset' })}
        >
          Reset
        </button>
      </div>
      {kept.value && !run.value && (
        <div class="kept">
          <button type="button" disabled={phase !== 'empty'} onClick={() => store.send({ type: 'pickUp' })}>
            Pick up your last model
          </button>
          <p class="hint">
            {kept.value.settings.cell.toUpperCase()} with {kept.value.settings.hiddenSize} units,{' '}
            {kept.value.step} {kept.value.step === 1 ? 'step' : 'steps'} of “{kept.value.textName}”, kept in
            this browser {new Date(kept.value.savedAt).toLocaleString()}.
          </p>
        </div>
      )}
    </>
  );
}
