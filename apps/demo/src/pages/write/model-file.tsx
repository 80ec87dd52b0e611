import { FileButton } from './file-button.tsx';
import type { WriteStore } from './write-store.ts';

/** The model as one file. */
export function ModelFile({ store }: { store: WriteStore }) {
  const phase = store.phase.value;
  const hasRun = store.run.value !== undefined;
  return (
    <div class="row">
      <button
        type="button"
        disabled={!hasRun || phase === 'busy' || phase === 'broken'}
        onClick={() => store.send({ type: 'save' })}
      >
        Save as a file
      </button>
      <FileButton
        label="Load a file…"
        accept=".safetensors"
        disabled={phase !== 'empty' && phase !== 'paused'}
        onFile={(file) => store.send({ type: 'load', file })}
      />
    </div>
  );
}
