import { CommandButton } from './command-button.tsx';
import type { WriteStore } from './write-store.ts';

/** Start, pause, resume, reset. */
export function TrainingControls({ store }: { store: WriteStore }) {
  const { phase, kept, run, settings } = store;
  const isBusy = store.isBusy.value;
  const main =
    phase.value === 'running'
      ? { label: 'Pause', act: () => store.send({ type: 'pause' }) }
      : run.value
        ? { label: 'Resume', act: () => store.send({ type: 'resume' }) }
        : { label: 'Start training', act: () => store.send({ type: 'start', settings: settings.value }) };

  return (
    <>
      <div class="row">
        <CommandButton isPrimary isBlocked={isBusy} onPress={main.act}>
          {main.label}
        </CommandButton>
        <CommandButton isBlocked={isBusy || !run.value} onPress={() => store.send({ type: 'reset' })}>
          Reset
        </CommandButton>
      </div>
      {kept.value && !run.value && (
        <div class="kept">
          <CommandButton isBlocked={isBusy} onPress={() => store.send({ type: 'pickUp' })}>
            Pick up your last model
          </CommandButton>
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
