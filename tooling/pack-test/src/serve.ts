import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { environment } from './command.ts';

export interface Server {
  url: string;
  /** What it has printed so far. */
  log(): string;
  stop(): Promise<void>;
}

/**
 * Starts Vite's own command in a folder, and waits until it says where it listens.
 *
 * @param words  none for the dev server, or `preview` and its options
 * @throws Error with what it printed, if it ends before
 */
export async function serve(folder: string, words: string[] = []): Promise<Server> {
  const child = spawn(process.execPath, ['node_modules/vite/bin/vite.js', ...words], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const ended = once(child, 'exit');
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log += chunk;
      const found = /http:\/\/localhost:\d+\//.exec(log);
      if (found) resolve(found[0]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    ended.then(() => reject(new Error(`vite ${words.join(' ')} ended early:\n${log}`)), reject);
  });
  return {
    url,
    log: () => log,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
