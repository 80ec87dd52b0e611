import { useSignal } from '@preact/signals';
import { FileButton } from './file-button.tsx';
import { count } from './format.ts';
import type { WriteStore } from './write-store.ts';

/** The text to learn: shown, chosen or pasted. It stays as long as a model learns it. */
export function TextChooser({ store, isOver }: { store: WriteStore; isOver: boolean }) {
  const { text, phase } = store;
  const pasted = useSignal('');
  const isLocked = phase.value !== 'empty';

  const useFile = (file: File) => store.send({ type: 'useText', source: { kind: 'file', file } });
  return (
    <section class={`card drop-zone ${isOver ? 'is-over' : ''}`} aria-labelledby="text-heading">
      <h2 id="text-heading">Text</h2>
      {text.value && (
        <>
          <p class="text-name">
            <strong>{text.value.name}</strong>{' '}
            <span class="hint">{count(text.value.characters)} characters</span>
          </p>
          {text.value.remarks.map((remark) => (
            <p key={remark} class="remark">
              {remark}
            </p>
          ))}
          <pre class="text-beginning">{text.value.beginning}</pre>
        </>
      )}
      <fieldset disabled={isLocked} class="plain">
        <legend class="visually-hidden">Choose another text</legend>
        <div class="row">
          <FileButton label="Choose a file…" disabled={isLocked} onFile={useFile} />
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
      </fieldset>
      <p class="hint">
        {isLocked && store.run.value
          ? 'Reset the model to choose another text.'
          : 'Or drop a file on the page: plain UTF-8 text, or gzip. It stays on your machine.'}
      </p>
    </section>
  );
}
