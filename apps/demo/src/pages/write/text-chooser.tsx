import { useSignal } from '@preact/signals';
import { FileButton } from './file-button.tsx';
import type { WriteStore } from './write-store.ts';

/** Another text: chosen, dropped or pasted. */
export function TextChooser({ store }: { store: WriteStore }) {
  const pasted = useSignal('');
  const isBusy = store.phase.value !== 'empty';

  return (
    <fieldset disabled={isBusy} class="plain">
      <legend class="visually-hidden">Choose another text</legend>
      <div class="row">
        <FileButton
          label="Choose a file…"
          disabled={isBusy}
          onFile={(file) => store.send({ type: 'useText', source: { kind: 'file', file } })}
        />
        <button
          type="button"
          onClick={() => store.send({ type: 'useText', source: { kind: 'declarations' } })}
        >
          Use the default
        </button>
      </div>
      <details>
        <summary>Paste a text</summary>
        <label class="stacked">
          Your text
          <textarea
            rows={5}
            value={pasted.value}
            onInput={(event) => (pasted.value = event.currentTarget.value)}
          />
        </label>
        <button
          type="button"
          onClick={() => store.send({ type: 'useText', source: { kind: 'pasted', text: pasted.value } })}
        >
          Use this text
        </button>
      </details>
      <p class="hint">Or drop a file on the page: plain UTF-8 text, or gzip. It stays on your machine.</p>
    </fieldset>
  );
}
