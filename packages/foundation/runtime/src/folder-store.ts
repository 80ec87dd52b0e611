import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import type { FileStore } from './file-store.ts';
import { isRunning } from './is-running.ts';

/**
 * A folder of the file system, made with the first write. A file is written to a temporary name, flushed to the
 * disk and renamed, so that neither a crash nor a full disk leaves half a file under its name.
 */
export function folderStore(folder: string): FileStore {
  return {
    name: folder,
    async read(file) {
      try {
        return new Uint8Array(await readFile(join(folder, file)));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async write(file, bytes) {
      await mkdir(folder, { recursive: true });
      await writeAtomically(join(folder, file), bytes);
    },
    remove: (file) => rm(join(folder, file), { force: true }),
  };
}

let writes = 0;

/**
 * Writes a whole file under a temporary name beside it, then renames it. On failure nothing is left behind. Of writes that
 * overlap the last to end stays: each has a name of its own, in all threads.
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}-${threadId}-${writes++}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Removes what processes that were killed while writing left in a folder: files named `NAME.PID-THREAD-COUNT.tmp`, or
 * `NAME.PID.tmp` as earlier versions did, of a process that is no more. What is being written stays. A folder that does not
 * exist is no error.
 *
 * @param isOurs whether a file is one that may go, by the name it was to have
 */
export async function removeTemporaries(folder: string, isOurs: (file: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const [, file, digits] = /^(.+)\.(\d+)(?:-\d+-\d+)?\.tmp$/.exec(name) ?? [];
    if (file === undefined || !isOurs(file)) continue;
    const pid = Number(digits);
    const path = join(folder, name);
    const left = pid === process.pid ? await isOlderThanThis(path) : pid > 0 && !isRunning(pid);
    if (left) await rm(path, { force: true });
  }
}

/** Whether a file of this process's number is of one before it: in a container every process may have the same. */
async function isOlderThanThis(path: string): Promise<boolean> {
  const begin = Date.now() - 1000 * process.uptime();
  const written = await stat(path).catch(() => undefined); // it may have been renamed by now
  return written !== undefined && written.mtimeMs < begin - 1000; // file systems tell the time coarsely
}
