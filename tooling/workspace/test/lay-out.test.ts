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
  ['cell', 'nobodysRnn', 'packages/parts/cells'],
  ['cell', 'nobodys-rnn', 'packages/parts/cells'],
  ['cell', 'NobodysRNN', 'packages/parts/cells'],
  ['loss', 'nobodysRnn', 'packages/parts/losses'],
  ['layer', 'nobodysRnn', 'packages/parts/layers'],
] as const)(
  'a %s called %s gets its file, test, index line, README row and changeset',
  (kind, name, folder) => {
    const files = layOut(checkout, kind, name);
    expect(files).toContain(`${folder}/src/nobodys-rnn.ts`);
    expect(read(`${folder}/src/nobodys-rnn.ts`)).toContain(
      kind === 'cell' ? 'export const nobodysRnn' : 'export function nobodysRnn',
    );
    expect(read(`${folder}/src/nobodys-rnn.test.ts`)).toContain("from './nobodys-rnn.ts'");
    expect(read(`${folder}/src/index.ts`)).toMatch(/export \{ .*nobodysRnn \} from '.\/nobodys-rnn.ts';\n$/);
    const rows = read(`${folder}/README.md`).split('\n');
    const row = rows.findIndex((line) => line.includes('nobodysRnn'));
    expect(rows[row - 1]).toMatch(/^\|/);
    expect(rows[row + 1]).toBe('');
    expect(read('.changeset/nobodys-rnn.md')).toContain(`'@ostinato/${folder.split('/').at(-1)}': minor`);
    for (const file of files) expect(read(file)).not.toContain('{{');
  },
);

test.each([
  ['CTC', 'ctc'],
  ['CTCLoss', 'ctc-loss'],
  ['maxPool1d', 'max-pool1d'],
  ['IndRNN2', 'ind-rnn2'],
])('%s goes to %s.ts', (name, file) => {
  expect(layOut(checkout, 'loss', name)).toContain(`packages/parts/losses/src/${file}.ts`);
});

test('a layer gets its row in the contract', () => {
  layOut(checkout, 'layer', 'nobodysRnn');
  expect(read('packages/parts/layers/src/every-layer.test.ts')).toMatch(/name: 'nobodysRnn',[^;]*\n\];\n/);
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
  expect(() => layOut(checkout, 'cell', 'new')).toThrow('`new` is a word of JavaScript');
  expect(() => layOut(checkout, 'layer', 'maxPool1d')).toThrow(
    'packages/parts/layers/src/index.ts has a `maxPool1d` already',
  );
  layOut(checkout, 'cell', 'nobodysRnn');
  expect(() => layOut(checkout, 'cell', 'nobodys-rnn')).toThrow('nobodys-rnn.ts is there already');
  expect(() => layOut(checkout, 'task', 'language-model')).toThrow(
    'packages/tasks/language-model is there already',
  );
});
