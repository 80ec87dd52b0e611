import { indexedDbStore } from './indexed-db-store.ts';
import { opfsStore } from './opfs-store.ts';

export type StoreKind = 'opfs' | 'indexedDb';

/** A worker that replaces a file without end, each time by bytes that are all alike, and says when it has begun. */
self.addEventListener('message', async ({ data }) => {
  const { kind, name, size, first } = data as { kind: StoreKind; name: string; size: number; first: number };
  const store = kind === 'opfs' ? opfsStore(name) : indexedDbStore(name);
  for (let i = 0; ; i++) {
    await store.write('a', new Uint8Array(size).fill((first + i) % 256));
    if (i === 0) self.postMessage('begun');
  }
});
