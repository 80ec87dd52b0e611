import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './pnpm.mjs';

/**
 * Where the real data sets are: OSTINATO_DATA, or ../shared/data beside the repository.
 *
 * @returns {string}
 */
export function dataFolder() {
  const folder = process.env.OSTINATO_DATA
    ? resolve(process.env.OSTINATO_DATA)
    : join(root, '../shared/data');
  if (existsSync(folder)) return folder;
  console.error(
    `No data at ${folder}. Set OSTINATO_DATA to a folder with the data sets (tinyshakespeare/input.txt, …).`,
  );
  process.exit(1);
}
