import type { Report } from '../../worker/protocol.ts';
import { createWriteStore, type WriteStore } from './write-store.ts';

/** Starts the worker, and the store that shows what it reports. */
export function openWorker(): { store: WriteStore; close(): void } {
  let worker: Worker | undefined;
  const store = createWriteStore((command) => worker?.postMessage(command));
  try {
    worker = new Worker(new URL('../../worker/write.worker.ts', import.meta.url), { type: 'module' });
  } catch {
    store.fail(
      'This browser starts no workers, in which the models learn. Try a newer browser or another one.',
    );
    return { store, close: () => {} };
  }
  worker.addEventListener('message', ({ data }: MessageEvent<Report>) => store.apply(data));
  worker.addEventListener('error', (event) => {
    store.fail(`The worker stopped (${event.message || 'its script could not be loaded'}). Reload the page.`);
  });
  worker.addEventListener('messageerror', () =>
    store.fail('A message from the worker could not be read. Reload the page.'),
  );
  store.send({ type: 'useText', source: { kind: 'declarations' } });
  return { store, close: () => worker.terminate() };
}
