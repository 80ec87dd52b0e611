import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from '@ostinato/workspace/pnpm.mjs';

/**
 * Runs an `ostinato` command and returns its JSON result; its progress is shown.
 *
 * @param {string[]} words
 * @returns {Record<string, any>}
 */
export function ostinato(...words) {
  console.log(`ostinato ${words.join(' ')}`);
  const script = join(root, 'tooling/workspace/ostinato.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, ...words, '--json'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`ostinato ${words.join(' ')} ended with status ${status}.`);
  return JSON.parse(stdout);
}
