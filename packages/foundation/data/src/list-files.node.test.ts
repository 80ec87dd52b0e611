import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collect } from './bytes.test-kit.ts';
import { readTsv } from './index.ts';
import { fileBytes, listFiles } from './node.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-folder-'));
  await mkdir(join(folder, 'b/c'), { recursive: true });
  for (const name of ['a.tsv', 'b/z.tsv', 'b/c/d.tsv', 'B.txt', '.hidden.tsv'])
    await writeFile(join(folder, name), 'x\ty\n');
  await writeFile(join(folder, 'e.tsv.gz'), gzipSync('x\ty\n1\t2\t3\n'));
});
afterAll(() => rm(folder, { recursive: true }));

test('files of a folder and those in it, in order', async () => {
  const list = async (options = {}) =>
    (await listFiles(folder, options)).map((path) => relative(folder, path));
  expect(await list()).toEqual(['B.txt', 'a.tsv', 'b/c/d.tsv', 'b/z.tsv', 'e.tsv.gz']);
  expect(await list({ extension: '.tsv' })).toEqual(['a.tsv', 'b/c/d.tsv', 'b/z.tsv', 'e.tsv.gz']);
  await expect(list({ extension: '.wav' })).rejects.toThrow(/: no file that ends in \.wav in this folder/);
  await expect(listFiles(join(folder, 'none'))).rejects.toThrow(/none: there is no such file or folder/);
});

test('links are followed: to folders, and to files', async () => {
  const links = await mkdtemp(join(tmpdir(), 'ostinato-links-'));
  try {
    await symlink(join(folder, 'b'), join(links, 'linked'));
    await symlink(join(folder, 'a.tsv'), join(links, 'one.tsv'));
    const found = await listFiles(links, { extension: '.tsv' });
    expect(found.map((path) => relative(links, path))).toEqual(['linked/c/d.tsv', 'linked/z.tsv', 'one.tsv']);
  } finally {
    await rm(links, { recursive: true });
  }
});

test('a reader names the path, and can read again', async () => {
  const path = join(folder, 'e.tsv.gz');
  await expect(collect(readTsv(fileBytes(path)))).rejects.toThrow(`${path}:2: 3 fields, expected 2`);
  const source = fileBytes(join(folder, 'a.tsv'));
  for (let pass = 0; pass < 2; pass++) expect(await collect(readTsv(source))).toHaveLength(1);
  await expect(collect(readTsv(fileBytes(join(folder, 'none.tsv'))))).rejects.toThrow(
    /none\.tsv: there is no such file/,
  );
});
