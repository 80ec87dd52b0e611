import { CommandButton } from './command-button.tsx';
import { KeptModel } from './kept-model.tsx';
import type { WriteStore } from './write-store.ts';

/** Start, pause, resume, reset. */
export function TrainingControls({ store }: { store: WriteStore }) {
  const { phase, run, settings } = store;
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
      <KeptModel store={store} />
    </>
  );
}
