import { rmSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileError } from '@ostinato/data/node';
import { isRunning } from '@ostinato/runtime/node';
import { onExit } from 'signal-exit';

/**
 * A folder of its own that goes when it is removed, and with the program, ended by a signal or not. What a program that could not
 * even say goodbye (SIGKILL) has left goes first.
 */
export async function temporaryFolder(): Promise<{ path: string; remove(): void }> {
  await removeLeft(tmpdir());
  const prefix = join(tmpdir(), `ostinato-${process.pid}-`);
  const path = await mkdtemp(prefix).catch((error) => Promise.reject(fileError(prefix, error)));
  const remove = () => rmSync(path, { recursive: true, force: true });
  const forget = onExit(remove);
  return {
    path,
    remove() {
      forget();
      remove();
    },
  };
}

/** Whose number a folder has is still at work, or the folder goes; what is not ours to remove stays. */
async function removeLeft(place: string): Promise<void> {
  for (const name of await readdir(place).catch(() => [])) {
    const pid = Number(/^ostinato-(\d+)-\w{6}$/.exec(name)?.[1]);
    if (pid > 0 && !isRunning(pid))
      await rm(join(place, name), { recursive: true, force: true }).catch(() => {});
  }
}
