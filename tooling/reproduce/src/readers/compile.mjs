import { join } from 'node:path';
import { run } from '@ostinato/workspace/pnpm.mjs';

/**
 * Compiles the packages, which plain Node takes from `dist`.
 *
 * @param {string} root
 */
export function compile(root) {
  const status = run(join(root, 'node_modules/.bin/tsc'), ['-b']);
  if (status !== 0) throw new Error('The packages do not compile.');
}
