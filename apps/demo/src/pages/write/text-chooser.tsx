import { useSignal } from '@preact/signals';
import { CommandButton } from './command-button.tsx';
import { FileButton } from './file-button.tsx';
import type { WriteStore } from './write-store.ts';

/** Another text: chosen, dropped or pasted. */
export function TextChooser({ store }: { store: WriteStore }) {
  const pasted = useSignal('');
  const isBusy = store.isBusy.value;

  return (
    <fieldset class="plain">
      <legend class="visually-hidden">Choose another text</legend>
      <div class="row">
        <FileButton
          label="Choose a file…"
          isBlocked={isBusy}
          onFile={(file) => store.send({ type: 'useText', source: { kind: 'file', file } })}
        />
        <CommandButton
          isBlocked={isBusy}
          onPress={() => store.send({ type: 'useText', source: { kind: 'declarations' } })}
        >
          Use the default
        </CommandButton>
      </div>
      <details>
        <summary>Paste a text</summary>
        <label class="stacked">
          Your text
          <textarea
            rows={5}
            dir="auto"
            value={pasted.value}
            onInput={(event) => (pasted.value = event.currentTarget.value)}
          />
        </label>
        <CommandButton
          isBlocked={isBusy}
          onPress={() => store.send({ type: 'useText', source: { kind: 'pasted', text: pasted.value } })}
        >
          Use this text
        </CommandButton>
      </details>
      <p class="hint">Or drop a file on the page: plain UTF-8 text, or gzip. It stays on your machine.</p>
    </fieldset>
  );
}
