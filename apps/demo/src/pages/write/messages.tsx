import { Divergence } from './divergence.tsx';
import type { WriteStore } from './write-store.ts';

/** What went wrong, and what the visitor should know. */
export function Messages({ store }: { store: WriteStore }) {
  const { error, notice } = store;
  return (
    <div class="messages">
      <div role="alert">
        <Divergence store={store} />
        {error.value && (
          <p class="message error">
            <span>{error.value}</span>
            <button type="button" class="quiet" onClick={() => (error.value = undefined)}>
              Dismiss
            </button>
          </p>
        )}
      </div>
      <div role="status">
        {notice.value && (
          <p class="message">
            <span>{notice.value}</span>
            <button type="button" class="quiet" onClick={() => (notice.value = undefined)}>
              Dismiss
            </button>
          </p>
        )}
      </div>
    </div>
  );
}
