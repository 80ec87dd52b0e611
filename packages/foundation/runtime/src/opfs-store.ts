import type { FileStore } from './file-store.ts';
import { ArgumentError } from './shape.ts';
import { StoreError, storeError } from './store-error.ts';

const instead = '`indexedDbStore`, or `memoryStore` with a download';

/**
 * A folder of the origin private file system: files that the browser keeps for this site, in a page or a worker. The folder is
 * made with the first write.
 *
 * An empty file reads as none: a name has to stand before its first bytes can, and a tab may be closed in between.
 *
 * A file is written beside the old one, which it replaces when it is whole (`createWritable`). The faster handles of workers
 * (`createSyncAccessHandle`) write in place, and would leave half a file when the tab is closed.
 *
 * @param name the folder's, without slashes
 * @throws ArgumentError for a name that no folder can have; each operation throws a StoreError where there is no such file system
 */
export function opfsStore(name: string): FileStore {
  if (typeof name !== 'string' || /^\.{0,2}$|[/\\]/.test(name)) {
    throw new ArgumentError(
      `opfsStore: \`name\` is ${JSON.stringify(name)}, expected the name of one folder, without slashes.`,
    );
  }
  const inFolder = async <T>(
    file: string,
    create: boolean,
    act: (folder: FileSystemDirectoryHandle) => Promise<T>,
  ): Promise<T | undefined> => {
    const path = `${name}/${file}`;
    if (!globalThis.navigator?.storage?.getDirectory) {
      throw new StoreError(
        `${path}: there is no private file system here. Serve the page from https or localhost to a browser of 2023 or later, or use ${instead}.`,
      );
    }
    try {
      const root = await navigator.storage.getDirectory();
      return await act(await root.getDirectoryHandle(name, { create }));
    } catch (error) {
      if (!create && error instanceof DOMException && error.name === 'NotFoundError') return undefined;
      throw storeError(path, error, instead);
    }
  };
  return {
    name,
    read: (file) => inFolder(file, false, (folder) => bytesOf(folder, file)),
    async write(file, bytes) {
      await inFolder(file, true, async (folder) => {
        const stream = await (await folder.getFileHandle(file, { create: true })).createWritable();
        try {
          await stream.write(bytes as Uint8Array<ArrayBuffer>);
          await stream.close();
        } catch (error) {
          await stream.abort().catch(() => undefined); // a stream that failed may have closed itself
          throw error;
        }
      });
    },
    async remove(file) {
      await inFolder(file, false, (folder) => folder.removeEntry(file));
    },
  };
}

async function bytesOf(folder: FileSystemDirectoryHandle, file: string): Promise<Uint8Array | undefined> {
  for (let tries = 3; ; tries--) {
    try {
      const bytes = await (await (await folder.getFileHandle(file)).getFile()).arrayBuffer();
      return bytes.byteLength === 0 ? undefined : new Uint8Array(bytes);
    } catch (error) {
      // Another tab put new bytes in its place between the two calls.
      const replaced = error instanceof DOMException && error.name === 'NotReadableError';
      if (!replaced || tries === 1) throw error;
    }
  }
}
