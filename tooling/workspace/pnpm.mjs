import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the whole repository. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** pnpm in the version that package.json pins, as npx takes it. */
export const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const windows = process.platform === 'win32';

/**
 * Runs a command in the repository's root and waits for it.
 *
 * @param {string} command
 * @param {string[]} words
 * @param {{ stdio?: import('node:child_process').StdioOptions }} [options]
 * @returns {number} its exit status
 */
export function run(command, words, { stdio = 'inherit' } = {}) {
  const { status, error } = spawnSync(command, words, { cwd: root, stdio, shell: windows });
  if (error) console.error(`${command}: ${error.message}`);
  return status ?? 1;
}

/**
 * Runs pnpm in the version that package.json pins, through the npx that came with Node: nothing needs to be
 * installed before.
 *
 * @param {string[]} words
 * @param {{ stdio?: import('node:child_process').StdioOptions }} [options]
 * @returns {number} its exit status
 */
export function pnpm(words, options) {
  return run('npx', ['-y', packageManager, ...words], options);
}

/** Installs exactly what the lockfile says; everything it has to tell goes to stderr. */
export function install() {
  const status = pnpm(['install', '--frozen-lockfile', '--reporter=append-only'], {
    stdio: ['ignore', process.stderr, process.stderr],
  });
  if (status !== 0) {
    console.error('\nInstalling the packages failed (see above). Is the npm registry reachable?');
    process.exit(status);
  }
}
