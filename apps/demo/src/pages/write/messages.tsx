import type { WriteStore } from './write-store.ts';

/** What went wrong, and what the visitor should know. */
export function Messages({ store: { error, notice } }: { store: WriteStore }) {
  return (
    <div class="messages">
      <div role="alert">
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
