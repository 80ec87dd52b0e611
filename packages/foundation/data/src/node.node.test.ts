import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bpttWindows, memoryTokens, type TextStream } from './index.ts';
import { openTokenFile, readTextFile, readTextFiles, writeTokenFile } from './node.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-data-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function textOf(stream: TextStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk;
  return text;
}

describe('readTextFiles', () => {
  test('reads plain and compressed files as one text, again if asked', async () => {
    const paths = ['a.txt', 'b.txt.gz'].map((name) => join(folder, name));
    await writeFile(paths[0]!, '\uFEFFone\ntwo');
    await writeFile(paths[1]!, gzipSync(Buffer.from([...Buffer.from('\uFEFFé\n'), 0xff])));
    const stream = readTextFiles(paths);
    for (let pass = 0; pass < 2; pass++) {
      expect(await textOf(stream)).toBe('one\ntwoé\n\uFFFD');
      // 3 + 7 bytes, 7 characters, 2 lines; then 3 + 3 + 1 bytes, 3 characters, 2 lines.
      expect(stream.statistics).toEqual({ bytes: 17, characters: 10, lines: 4, replaced: 1 });
    }
  });

  test('members of one gzip file follow each other', async () => {
    const path = join(folder, 'members.gz');
    await writeFile(path, Buffer.concat([gzipSync('one '), gzipSync('two')]));
    expect(await textOf(readTextFile(path))).toBe('one two');
  });

  test('an error names the file and what to do', async () => {
    const truncated = join(folder, 'truncated.gz');
    await writeFile(truncated, gzipSync('some text').subarray(0, -9));
    const empty = join(folder, 'empty.txt');
    await writeFile(empty, '');
    const good = join(folder, 'good.txt');
    await writeFile(good, 'good');
    await expect(textOf(readTextFile(join(folder, 'missing')))).rejects.toThrow(
      /missing: there is no such file/,
    );
    await expect(textOf(readTextFile(folder))).rejects.toThrow(/: this is a directory. Name the files/);
    await expect(textOf(readTextFile(join(good, 'x')))).rejects.toThrow(/a part of the path is a file/);
    await expect(textOf(readTextFile(truncated))).rejects.toThrow(/truncated.gz: the gzip data is truncated/);
    await expect(textOf(readTextFiles([good, empty]))).rejects.toThrow(/empty.txt: the file is empty/);
  });

  test('a file without permission', { skip: process.getuid?.() === 0 }, async () => {
    const path = join(folder, 'secret.txt');
    await writeFile(path, 'x', { mode: 0 });
    await expect(textOf(readTextFile(path))).rejects.toThrow(/secret.txt: no permission/);
  });
});

describe('token files', () => {
  test.each([
    [65_536, 2],
    [65_537, 4],
    [2 ** 31, 4],
  ])('with %s different ids are read at any place, %s bytes each', async (vocabularySize, width) => {
    const path = join(folder, `tokens-${vocabularySize}`);
    const id = fc.integer({ min: 0, max: vocabularySize - 1 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(id)), fc.nat(), fc.nat(), async (parts, some, other) => {
        const file = await writeTokenFile(
          path,
          parts.map((ids) => Int32Array.from(ids)),
          { vocabularySize },
        );
        const ids = parts.flat();
        const [start, end] = [some % (ids.length + 1), other % (ids.length + 1)].sort((a, b) => a - b) as [
          number,
          number,
        ];
        expect(file.length).toBe(ids.length);
        expect([...(await file.read(start, end))]).toEqual(ids.slice(start, end));
        await file.close();
      }),
      { numRuns: 30 },
    );
    await (await writeTokenFile(path, [Int32Array.of(1, 258)], { vocabularySize })).close();
    const bytes = width === 2 ? [1, 0, 2, 1] : [1, 0, 0, 0, 2, 1, 0, 0];
    expect([...(await readFile(path))]).toEqual(bytes);
  });

  test('give the same windows as memory', async () => {
    const ids = Int32Array.from({ length: 1000 }, (_, i) => (i * 7919) % 500);
    const file = await writeTokenFile(join(folder, 'windows'), [ids], { vocabularySize: 500 });
    const options = { batchSize: 7, windowLength: 13, startId: 1 };
    const fromMemory = bpttWindows(memoryTokens(ids), options);
    for await (const window of bpttWindows(file, options))
      expect(window).toEqual((await fromMemory.next()).value);
    expect((await fromMemory.next()).done).toBe(true);
    await file.close();
  });

  test('a failed writing leaves nothing behind and the old file as it was', async () => {
    const home = join(folder, 'atomic');
    await mkdir(home);
    const path = join(home, 'tokens');
    await (await writeTokenFile(path, [Int32Array.of(3)], { vocabularySize: 5 })).close();
    async function* failing() {
      yield Int32Array.of(1, 2);
      throw new Error('no more');
    }
    await expect(writeTokenFile(path, failing(), { vocabularySize: 5 })).rejects.toThrow('no more');
    await expect(
      writeTokenFile(path, [Int32Array.of(1), Int32Array.of(2, 5)], { vocabularySize: 5 }),
    ).rejects.toThrow(/token 2 has the id 5, expected 0 to 4/);
    expect(await readdir(home)).toEqual(['tokens']);
    expect([...(await readFile(path))]).toEqual([3, 0]);
  });

  test('remove deletes the file', async () => {
    const path = join(folder, 'gone');
    await (await writeTokenFile(path, [Int32Array.of(3)], { vocabularySize: 5 })).remove();
    await expect(openTokenFile(path, { vocabularySize: 5 })).rejects.toThrow(/gone: there is no such file/);
  });

  test('what is no such file is an error', async () => {
    const path = join(folder, 'spoilt');
    const file = await writeTokenFile(path, [Int32Array.of(1, 2, 4)], { vocabularySize: 5 });
    await expect(file.read(2, 4)).rejects.toThrow(/0 ≤ start ≤ end ≤ 3/);
    await truncate(path, 5);
    await expect(file.read(0, 3)).rejects.toThrow(/spoilt: ends before token 3/);
    await expect(openTokenFile(path, { vocabularySize: 5 })).rejects.toThrow(
      /5 bytes are no whole number of ids of 2/,
    );
    await file.close();
    await writeFile(path, Buffer.of(1, 0, 9, 0));
    const other = await openTokenFile(path, { vocabularySize: 5 });
    await expect(other.read(0, 2)).rejects.toThrow(/spoilt: token 1 has the id 9, expected 0 to 4/);
    await other.close();
    await expect(openTokenFile(folder, { vocabularySize: 5 })).rejects.toThrow(/this is a directory/);
    await expect(openTokenFile(path, { vocabularySize: 0 })).rejects.toThrow(/`vocabularySize` is 0/);
    await expect(writeTokenFile(join(folder, 'no', 'where'), [], { vocabularySize: 5 })).rejects.toThrow(
      /where: there is no such file or folder/,
    );
  });
});
