import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { folderStore, writeAtomically } from './folder-store.ts';

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
