import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderStore, removeTemporaries, writeAtomically } from './folder-store.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('writes, reads, replaces and removes', async () => {
  const store = folderStore(join(folder, 'new', 'model'));
  expect(await store.read('a')).toBeUndefined();
  await store.write('a', Uint8Array.of(1, 2));
  await store.write('a', Uint8Array.of(3));
  expect(await store.read('a')).toEqual(Uint8Array.of(3));
  expect(await readdir(store.name)).toEqual(['a']);
  await store.remove('a');
  await store.remove('a');
  expect(await store.read('a')).toBeUndefined();
});

test('a failed write leaves the old file and no temporary one', async () => {
  const path = join(folder, 'taken');
  await writeFile(join(folder, 'old'), 'old');
  await folderStore(path).write('inside', Uint8Array.of(1)); // `taken` is a folder now: no file can replace it
  await expect(writeAtomically(path, Uint8Array.of(1))).rejects.toThrow();
  expect((await readdir(folder)).sort()).toEqual(['old', 'taken']);
});

test('what killed writers left is removed, and nothing else', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const gone = [`a.json.${dead}.tmp`, `a.json.${process.pid}.tmp`];
  // Of a running process (the parent), of another file, and no number at all.
  const stay = ['a.json', `a.json.${process.ppid}.tmp`, `b.json.${dead}.tmp`, 'a.json.x.tmp', 'a.json.0.tmp'];
  for (const name of [...gone, ...stay]) await writeFile(join(folder, name), '');
  await removeTemporaries(folder, (file) => file === 'a.json');
  expect((await readdir(folder)).sort()).toEqual(stay.sort());
  await removeTemporaries(join(folder, 'none'), () => true);
});
