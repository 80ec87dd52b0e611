import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileStore } from './file-store.ts';

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

/** Writes a whole file under a temporary name beside it, then renames it. On failure nothing is left behind. */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
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
 * Removes what processes that were killed while writing left in a folder: files named `NAME.PID.tmp` of a process that is no
 * more. A folder that does not exist is no error.
 *
 * @param isOurs whether a file is one that may go, by the name it was to have
 */
export async function removeTemporaries(folder: string, isOurs: (file: string) => boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  for (const name of names) {
    const [, file, digits] = /^(.+)\.(\d+)\.tmp$/.exec(name) ?? [];
    if (file === undefined || !isOurs(file)) continue;
    const pid = Number(digits);
    // A number of this process's own can only be of one before it: nothing is being written yet.
    if (pid > 0 && (pid === process.pid || !isRunning(pid))) await rm(join(folder, name), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0); // asks, and sends nothing
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
