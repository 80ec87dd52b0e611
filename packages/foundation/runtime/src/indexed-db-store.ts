import type { FileStore } from './file-store.ts';
import { ArgumentError } from './shape.ts';
import { StoreError, storeError } from './store-error.ts';

const files = 'files';
const instead = '`memoryStore` with a download';

/**
 * A database of the browser's, for where `opfsStore` cannot be: files by name, in a page or a worker. A file is written in one
 * transaction, which is flushed to the disk before the write is over.
 *
 * @param name the database's, of this store alone
 * @throws ArgumentError for an empty name; each operation throws a StoreError where there are no databases
 */
export function indexedDbStore(name: string): FileStore {
  if (typeof name !== 'string' || name === '') {
    throw new ArgumentError(
      `indexedDbStore: \`name\` is ${JSON.stringify(name)}, expected the name of a database.`,
    );
  }
  const transact = async <T>(
    file: string,
    mode: IDBTransactionMode,
    act: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const path = `${name}/${file}`;
    if (!globalThis.indexedDB) {
      throw new StoreError(`${path}: there is no IndexedDB here. Use ${instead}.`);
    }
    try {
      const database = await open(name);
      try {
        return await finished(database.transaction(files, mode, { durability: 'strict' }), act);
      } finally {
        database.close();
      }
    } catch (error) {
      throw storeError(path, error, instead);
    }
  };
  return {
    name,
    read: (file) =>
      transact(file, 'readonly', (store) => store.get(file) as IDBRequest<Uint8Array | undefined>),
    async write(file, bytes) {
      // A view would be kept with all of the buffer behind it.
      await transact(file, 'readwrite', (store) => store.put(bytes.slice(), file));
    },
    async remove(file) {
      await transact(file, 'readwrite', (store) => store.delete(file));
    },
  };
}

function open(name: string): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(files);
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** The result once the transaction is committed: a request that succeeded may still come to nothing. */
function finished<T>(transaction: IDBTransaction, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    const request = act(transaction.objectStore(files));
    transaction.oncomplete = () => done(request.result);
    transaction.onabort = () => fail(transaction.error ?? request.error);
  });
}
