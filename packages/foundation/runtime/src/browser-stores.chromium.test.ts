import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { cdp } from 'vitest/browser';
import { indexedDbStore } from './indexed-db-store.ts';
import { opfsStore } from './opfs-store.ts';
import type { StoreKind } from './store-writer.test-kit.ts';

const kinds = { opfs: opfsStore, indexedDb: indexedDbStore };
const name = 'browser-stores';

async function clear() {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(name, { recursive: true }).catch(() => undefined);
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = done;
  });
}
beforeEach(clear);
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  await clear();
});

describe.each(Object.entries(kinds) as [StoreKind, typeof opfsStore][])('%s', (kind, open) => {
  test('writes, reads, replaces and removes', async () => {
    const store = open(name);
    expect(store.name).toBe(name);
    expect(await store.read('a')).toBeUndefined();
    await store.remove('a');
    const buffer = Uint8Array.of(9, 1, 2, 9);
    await store.write('a', buffer.subarray(1, 3));
    await store.write('b', Uint8Array.of(5));
    expect(await open(name).read('a')).toEqual(Uint8Array.of(1, 2));
    await store.write('a', Uint8Array.of(3)); // shorter than before
    expect(await open(name).read('a')).toEqual(Uint8Array.of(3));
    await store.remove('a');
    expect(await store.read('a')).toBeUndefined();
    expect(await store.read('b')).toEqual(Uint8Array.of(5));
  });

  test('a worker killed at any moment of its writing leaves one whole file', async () => {
    const size = 1 << 20;
    await open(name).write('a', new Uint8Array(size).fill(255));
    const seen = new Set<number>();
    for (let kill = 0; kill < 8; kill++) {
      const worker = new Worker(new URL('./store-writer.test-kit.ts', import.meta.url), { type: 'module' });
      const begun = new Promise((done) => worker.addEventListener('message', done, { once: true }));
      worker.postMessage({ kind, name, size, first: kill * 20 });
      await begun; // from here on it writes without a pause
      await new Promise((done) => setTimeout(done, 7 * kill));
      worker.terminate();
      const bytes = (await open(name).read('a'))!;
      expect(bytes.length).toBe(size);
      expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
      seen.add(bytes[0]!);
    }
    expect(seen.size).toBeGreaterThan(1); // some of its writes did come through
  });
});

test('a full storage: the error says so, and the old bytes stay: OPFS', async () => {
  const store = opfsStore(name);
  await store.write('a', Uint8Array.of(1, 2, 3));
  const { origin } = location;
  const session = cdp() as unknown as { send(method: string, params: object): Promise<unknown> };
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1000 });
  try {
    await expect(store.write('a', new Uint8Array(5_000_000).fill(7))).rejects.toMatchObject({
      name: 'StoreError',
      message: expect.stringMatching(/^browser-stores\/a: the .* full; .* Remove/),
    });
  } finally {
    await session.send('Storage.overrideQuotaForOrigin', { origin });
  }
  expect(await opfsStore(name).read('a')).toEqual(Uint8Array.of(1, 2, 3));
});

test('a full storage: the error says so, and the old bytes stay: IndexedDB', async () => {
  // Chromium remembers for a while how much room a database has, so that a quota set here would be seen or not.
  const store = indexedDbStore(name);
  await store.write('a', Uint8Array.of(1, 2, 3));
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError');
  });
  await expect(store.write('a', Uint8Array.of(7))).rejects.toThrow(
    /^browser-stores\/a: the .* full; .* Remove/,
  );
  expect(await indexedDbStore(name).read('a')).toEqual(Uint8Array.of(1, 2, 3));
});

test('a write that fails half way leaves the old bytes: OPFS', async () => {
  const store = opfsStore(name);
  await store.write('a', Uint8Array.of(1, 2));
  vi.spyOn(FileSystemWritableFileStream.prototype, 'close').mockRejectedValue(
    new DOMException('Failed to write data to data pipe', 'AbortError'),
  );
  await expect(store.write('a', Uint8Array.of(3))).rejects.toThrow('the browser broke the write off');
  await expect(store.write('new', Uint8Array.of(3))).rejects.toThrow('the browser broke the write off');
  expect(await store.read('a')).toEqual(Uint8Array.of(1, 2));
  expect(await store.read('new')).toBeUndefined();
});

test('a transaction that is aborted leaves the old bytes: IndexedDB', async () => {
  const store = indexedDbStore(name);
  await store.write('a', Uint8Array.of(1, 2));
  const put = IDBObjectStore.prototype.put;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
    const request = put.apply(this, args);
    request.onsuccess = () => this.transaction.abort(); // the request came through, the transaction does not
    return request;
  });
  await expect(store.write('a', Uint8Array.of(3))).rejects.toThrow();
  expect(await store.read('a')).toEqual(Uint8Array.of(1, 2));
});

test('an insecure page has no private file system, and is told what to do', async () => {
  vi.stubGlobal('navigator', { storage: undefined });
  const store = opfsStore(name);
  for (const act of [
    () => store.read('a'),
    () => store.write('a', Uint8Array.of(1)),
    () => store.remove('a'),
  ])
    await expect(act()).rejects.toThrow(
      /^browser-stores\/a: there is no private file system here\. Serve the page from https.*`indexedDbStore`/,
    );
});

test('a private window that refuses is named as such', async () => {
  const refusal = new DOMException('The operation is insecure.', 'SecurityError');
  vi.spyOn(StorageManager.prototype, 'getDirectory').mockRejectedValue(refusal);
  await expect(opfsStore(name).write('a', Uint8Array.of(1))).rejects.toThrow(
    /^browser-stores\/a: the browser keeps nothing for this page, as in a private window.*`indexedDbStore`/,
  );
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw refusal;
  });
  await expect(indexedDbStore(name).read('a')).rejects.toThrow(/as in a private window.*`memoryStore`/);
  vi.stubGlobal('indexedDB', undefined);
  await expect(indexedDbStore(name).read('a')).rejects.toThrow('browser-stores/a: there is no IndexedDB');
});

test.each(['', '.', '..', 'a/b', 'a\\b'])('opfsStore refuses the name %j', (wrong) => {
  expect(() => opfsStore(wrong)).toThrow('expected the name of one folder');
});

test('indexedDbStore refuses an empty name', () => {
  expect(() => indexedDbStore('')).toThrow('expected the name of a database');
});
