import { count } from './format.ts';
import { TextChooser } from './text-chooser.tsx';
import type { WriteStore } from './write-store.ts';

/**
 * The text to learn. It stays as long as a model learns it.
 *
 * @param isOver whether a file hovers over the page
 */
export function TextCard({ store, isOver }: { store: WriteStore; isOver: boolean }) {
  const text = store.text.value;
  const isLearned = store.run.value !== undefined;

  return (
    <section class={`card text-card drop-zone ${isOver ? 'is-over' : ''}`} aria-labelledby="text-heading">
      <h2 id="text-heading">Text</h2>
      {text && (
        <>
          <p class="text-name">
            <strong>{text.name}</strong> <span class="hint">{count(text.characters)} characters</span>
          </p>
          {text.remarks.map((remark) => (
            <p key={remark} class="remark">
              {remark}
            </p>
          ))}
          {!isLearned && (
            <pre class="text-beginning" dir="auto">
              {text.beginning}
            </pre>
          )}
        </>
      )}
      {isLearned ? (
        <p class="hint">Reset the model to choose another text.</p>
      ) : (
        <TextChooser store={store} />
      )}
    </section>
  );
}
