import { spawnSync } from 'node:child_process';

/** The environment without what vitest sets in it: Vite would build for `NODE_ENV=test`. */
export const environment: NodeJS.ProcessEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(NODE_ENV|NODE_OPTIONS|NODE_PATH|VITE.*)$/.test(name)),
);
environment.NO_COLOR = '1';
delete environment.FORCE_COLOR;

/**
 * Runs a command to its end.
 *
 * @returns what it printed, to stdout and then to stderr
 * @throws Error with what it printed, if it fails
 */
export function command(folder: string, name: string, words: string[]): string {
  const { status, stdout, stderr, error } = spawnSync(name, words, {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    timeout: 240_000,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`${name} ${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return stdout + stderr;
}
