import { CommandButton } from './command-button.tsx';
import { FileButton } from './file-button.tsx';
import type { WriteStore } from './write-store.ts';

/** The model as one file. */
export function ModelFile({ store }: { store: WriteStore }) {
  const isBusy = store.isBusy.value;
  const hasRun = store.run.value !== undefined;
  return (
    <div class="row">
      <CommandButton isBlocked={isBusy || !hasRun} onPress={() => store.send({ type: 'save' })}>
        Save as a file
      </CommandButton>
      <FileButton
        label="Load a file…"
        accept=".safetensors"
        isBlocked={isBusy || store.phase.value === 'running'}
        onFile={(file) => store.send({ type: 'load', file })}
      />
    </div>
  );
}
