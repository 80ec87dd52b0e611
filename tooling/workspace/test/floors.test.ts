import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../pnpm.mjs';

const exceptions: Record<string, string> = {
  'packages/parts/training': 'training',
  'tooling/bench': 'bench',
  'tooling/reproduce': 'reproduce',
};
const floors = ['packages/foundation', 'packages/parts', 'packages/tasks', 'apps', 'tooling'];

test.each(floors)('turbo boundaries knows the floor of everything in %s', (floor) => {
  const folders = readdirSync(join(root, floor), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${floor}/${entry.name}`);
  for (const folder of folders.filter(isPackage)) {
    // A package without a tag would pass `turbo boundaries` with any import.
    const tag = exceptions[folder] ?? floor.replace('packages/', '');
    expect(read(`${folder}/turbo.json`), folder).toMatchObject({ extends: ['//'], tags: [tag] });
  }
});

function isPackage(folder: string): boolean {
  return readdirSync(join(root, folder)).includes('package.json');
}

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(root, path), 'utf8'));
}
