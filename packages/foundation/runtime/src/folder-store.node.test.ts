import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
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

test('overlapping writes of one file all succeed, and leave it whole', async () => {
  const store = folderStore(folder);
  const size = 500_000;
  for (let repeat = 0; repeat < 10; repeat++) {
    await Promise.all([1, 2, 3].map((byte) => store.write('a', new Uint8Array(size).fill(byte))));
    const written = (await store.read('a'))!;
    expect(written.length).toBe(size);
    expect(written.every((byte) => byte === written[0])).toBe(true);
  }
  expect(await readdir(folder)).toEqual(['a']);
});

test('a removal of leftovers disturbs no write under way', async () => {
  const writes = Array.from({ length: 8 }, (_, i) =>
    writeAtomically(join(folder, 'a.json'), new Uint8Array(2_000_000).fill(i)),
  );
  const removals = Array.from({ length: 8 }, () => removeTemporaries(folder, () => true));
  await Promise.all([...writes, ...removals]);
  expect(await readdir(folder)).toEqual(['a.json']);
});

test('what killed writers left is removed, and nothing else', async () => {
  const { pid: dead } = spawnSync(process.execPath, ['--version']);
  const { pid, ppid } = process;
  // Of a process that is no more, and of one before this that had its number.
  const gone = [`a.json.${dead}.tmp`, `a.json.${dead}-0-7.tmp`, `a.json.${pid}.tmp`, `a.json.${pid}-3-1.tmp`];
  // Of this process and a running one (the parent), of another file, and no number at all.
  const ours = `a.json.${pid}-3-2.tmp`;
  const theirs = [`a.json.${ppid}.tmp`, `a.json.${ppid}-0-1.tmp`, `b.json.${dead}-0-1.tmp`];
  const stay = ['a.json', ours, ...theirs, 'a.json.x.tmp', 'a.json.0.tmp', 'a.json.0-0-0.tmp'];
  for (const name of [...gone, ...stay]) await writeFile(join(folder, name), '');
  const yesterday = Date.now() / 1000 - 86_400;
  for (const name of [...gone, ...theirs]) await utimes(join(folder, name), yesterday, yesterday);
  await removeTemporaries(folder, (file) => file === 'a.json');
  expect((await readdir(folder)).sort()).toEqual(stay.sort());
  await removeTemporaries(join(folder, 'none'), () => true);
});
