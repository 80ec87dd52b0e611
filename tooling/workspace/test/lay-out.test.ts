import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { layOut } from '../lay-out.mjs';
import { root } from '../pnpm.mjs';

let checkout: string;
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');

beforeEach(() => {
  checkout = mkdtempSync(join(tmpdir(), 'ostinato-new-'));
  const folders = ['parts/cells', 'parts/layers', 'parts/losses', 'tasks/language-model'];
  const files = [
    'src/index.ts',
    'src/every-layer.test.ts',
    'README.md',
    'package.json',
    'turbo.json',
    'tsconfig.build.json',
  ];
  cpSync(join(root, 'tsconfig.json'), join(checkout, 'tsconfig.json'));
  for (const folder of folders) {
    for (const file of files) {
      if (file.includes('every-layer') && folder !== 'parts/layers') continue;
      cpSync(join(root, 'packages', folder, file), join(checkout, 'packages', folder, file));
    }
  }
});

afterEach(() => rmSync(checkout, { recursive: true }));

test.each([
  ['cell', 'leakyRnn', 'packages/parts/cells'],
  ['cell', 'leaky-rnn', 'packages/parts/cells'],
  ['loss', 'leakyRnn', 'packages/parts/losses'],
  ['layer', 'leakyRnn', 'packages/parts/layers'],
] as const)(
  'a %s called %s gets its file, test, index line, README row and changeset',
  (kind, name, folder) => {
    const files = layOut(checkout, kind, name);
    expect(files).toContain(`${folder}/src/leaky-rnn.ts`);
    expect(read(`${folder}/src/leaky-rnn.ts`)).toContain(
      kind === 'cell' ? 'export const leakyRnn' : 'export function leakyRnn',
    );
    expect(read(`${folder}/src/leaky-rnn.test.ts`)).toContain("from './leaky-rnn.ts'");
    expect(read(`${folder}/src/index.ts`)).toMatch(/export \{ .*leakyRnn \} from '.\/leaky-rnn.ts';\n$/);
    const rows = read(`${folder}/README.md`).split('\n');
    const row = rows.findIndex((line) => line.includes('leakyRnn'));
    expect(rows[row - 1]).toMatch(/^\|/);
    expect(rows[row + 1]).toBe('');
    expect(read('.changeset/leaky-rnn.md')).toContain(`'@ostinato/${folder.split('/').at(-1)}': minor`);
    for (const file of files) expect(read(file)).not.toContain('{{');
  },
);

test('a layer gets its row in the contract', () => {
  layOut(checkout, 'layer', 'leakyRnn');
  expect(read('packages/parts/layers/src/every-layer.test.ts')).toMatch(/name: 'leakyRnn',[^;]*\n\];\n/);
});

test('a task is a package of its own', () => {
  layOut(checkout, 'task', 'morseCode');
  const folder = 'packages/tasks/morse-code';
  const { name, dependencies } = JSON.parse(read(`${folder}/package.json`));
  expect([name, dependencies['@ostinato/cells']]).toEqual(['@ostinato/morse-code', 'workspace:*']);
  expect(read('tsconfig.json')).toContain(`${folder}/tsconfig.build.json`);
  expect(JSON.parse(read(`${folder}/turbo.json`)).tags).toEqual(['tasks']);
  expect(read(`${folder}/src/index.ts`)).toContain('type MorseCodeConfig');
});

test('refuses a kind or name that is none, and one that is taken', () => {
  expect(() => layOut(checkout, 'cells' as 'cell', 'x')).toThrow(
    'There is no kind `cells`. Usage: pnpm new cell|loss|layer|task',
  );
  expect(() => layOut(checkout, 'cell', '../escape')).toThrow('is no name');
  expect(() => layOut(checkout, 'cell', '')).toThrow('is no name');
  layOut(checkout, 'cell', 'leakyRnn');
  expect(() => layOut(checkout, 'cell', 'leaky-rnn')).toThrow('leaky-rnn.ts is there already');
  expect(() => layOut(checkout, 'task', 'language-model')).toThrow(
    'packages/tasks/language-model is there already',
  );
});
