import { CommandButton } from './command-button.tsx';
import { count } from './format.ts';
import type { WriteStore } from './write-store.ts';

/** Offers the model that this browser has kept, as long as there is no other one. */
export function KeptModel({ store }: { store: WriteStore }) {
  const kept = store.kept.value;
  if (!kept || store.run.value) return null;
  const { settings, step, textName, savedAt } = kept;

  return (
    <div class="kept">
      <CommandButton isBlocked={store.isBusy.value} onPress={() => store.send({ type: 'pickUp', savedAt })}>
        Pick up your last model
      </CommandButton>
      <p class="hint">
        {settings.cell.toUpperCase()} with {settings.hiddenSize} units, {count(step)}{' '}
        {step === 1 ? 'step' : 'steps'} of “{textName}”, kept in this browser{' '}
        {new Date(savedAt).toLocaleString()}.
      </p>
    </div>
  );
}
