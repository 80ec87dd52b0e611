import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileError } from '@ostinato/data/node';
import { onExit } from 'signal-exit';

/** A folder of its own that goes when it is removed, and with the program, killed by a signal or not. */
export async function temporaryFolder(): Promise<{ path: string; remove(): void }> {
  const prefix = join(tmpdir(), 'ostinato-');
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
