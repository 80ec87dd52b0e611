// `pnpm new cell|loss|layer|task NAME`: lays out the file, its test, its index line and its README row, ready to be changed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { layOut } from './lay-out.mjs';
import { packageManager, pnpm, root, run } from './pnpm.mjs';

const [kind, name, ...more] = process.argv.slice(2);
try {
  if (!kind || !name || more.length > 0) throw new Error('Usage: pnpm new cell|loss|layer|task NAME');
  const files = layOut(root, kind, name);
  const biome = join(root, 'node_modules/.bin/biome');
  if (existsSync(biome))
    run(biome, ['check', '--write', '--log-level=error', '--reporter=summary', ...files]);
  if (kind === 'task') pnpm(['install', '--reporter=silent']);
  console.log(
    `${files.join('\n')}\n\nIt works as it is. Change the formula, the test's numbers, and every TODO:`,
  );
  console.log('  git grep --untracked -n TODO packages .changeset');
  console.log(`  npx -y ${packageManager} exec vitest --project node ${dirname(files[0])}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 2;
}
