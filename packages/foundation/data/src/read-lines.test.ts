import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, cut, gzip, utf8 } from './bytes.test-kit.ts';
import { DataError, readJsonl, readLines, readParallel, readParallelTsv } from './index.ts';

describe('readLines', () => {
  test('lines as a split of the text has them, however the bytes arrive, plain or gzip', async () => {
    const text = fc.array(fc.constantFrom('a', 'é', '𝄞', '\n', '\r\n', '\r', '\uFEFF', ' '), {
      minLength: 1,
    });
    await fc.assert(
      fc.asyncProperty(text, fc.array(fc.nat(4)), fc.boolean(), async (parts, cuts, isPacked) => {
        const whole = `x${parts.join('')}`;
        // A line end at the very end ends the last line; it does not begin another.
        const expected = whole
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => line.replace(/\r$/, ''));
        const bytes = isPacked ? await gzip(utf8(whole)) : utf8(whole);
        const lines = await collect(readLines(cut(bytes, cuts))).catch((error) => error.message);
        // No LF at all, and something after a CR.
        if (!whole.includes('\n') && /\r./su.test(whole)) {
          expect(lines).toMatch(/^input:1: the lines end in CR alone/);
          return;
        }
        expect(lines).toEqual(expected.map((text, i) => ({ text, line: i + 1 })));
      }),
      { numRuns: 100 },
    );
  });

  test('reads files of a page, streams and bytes; drops a byte order mark', async () => {
    const bytes = utf8('\uFEFFone\r\ntwo\n');
    const expected = [
      { text: 'one', line: 1 },
      { text: 'two', line: 2 },
    ];
    for (const source of [bytes, new Blob([bytes]), new File([bytes], 'f'), new Blob([bytes]).stream()]) {
      expect(await collect(readLines(source))).toEqual(expected);
    }
  });

  test('a byte that is not UTF-8 is found in its line', async () => {
    const bytes = Uint8Array.from([...utf8('one\ntwo\nth'), 0xff, ...utf8('ree\nfour')]);
    for (const cuts of [[], [1, 6, 3, 1, 1]]) {
      const error = await collect(readLines(cut(bytes, cuts), { name: 'my.txt' })).catch((error) => error);
      expect(error).toBeInstanceOf(DataError);
      expect(error.message).toMatch(/^my\.txt:3: a byte sequence that is not UTF-8/);
    }
  });

  test('the lines before a fault arrive', async () => {
    const seen: string[] = [];
    const bytes = Uint8Array.from([...utf8('one\n'), ...utf8('two\n'), 0xff]);
    await expect(async () => {
      for await (const { text } of readLines(cut(bytes, [8]))) seen.push(text);
    }).rejects.toThrow(/input:3/);
    expect(seen).toEqual(['one', 'two']);
  });

  test('empty, binary, truncated', async () => {
    await expect(collect(readLines(new File([], 'none.txt')))).rejects.toThrow(
      /none\.txt: the file is empty/,
    );
    await expect(collect(readLines(new Uint8Array(9)))).rejects.toThrow(/input: a binary file/);
    const packed = await gzip(utf8('one\ntwo\n'));
    await expect(collect(readLines(packed.subarray(0, -6), { name: 'a.gz' }))).rejects.toThrow(
      /a\.gz: the gzip data is truncated/,
    );
  });

  test('a line without end is refused before it fills the memory', async () => {
    let given = 0;
    function* endless() {
      for (;;) {
        given += 2 ** 22;
        yield new Uint8Array(2 ** 22).fill(0x61);
      }
    }
    await expect(collect(readLines(endless()))).rejects.toThrow(
      /input:1: a line of more than 67108864 bytes/,
    );
    expect(given).toBe(2 ** 26 + 2 ** 22);
  });

  test('leaving early closes the source', async () => {
    let isClosed = false;
    async function* source() {
      try {
        for (;;) yield utf8('line\n');
      } finally {
        isClosed = true;
      }
    }
    for await (const { line } of readLines(source())) if (line === 3) break;
    expect(isClosed).toBe(true);
  });
});

describe('readJsonl', () => {
  test('one value a line', async () => {
    const values = await collect(readJsonl(utf8('{"a": [1]}\n\n"b\\n"\r\nnull')));
    expect(values).toEqual([
      { value: { a: [1] }, line: 1 },
      { value: 'b\n', line: 3 },
      { value: null, line: 4 },
    ]);
  });

  test('brings back whatever was written', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1 }), async (values) => {
        const text = values.map((value) => JSON.stringify(value)).join('\n');
        const read = await collect(readJsonl(utf8(text)));
        expect(read.map(({ value }) => value)).toEqual(
          values.map((value) => JSON.parse(JSON.stringify(value))),
        );
      }),
    );
  });

  test('names the line that is not JSON', async () => {
    await expect(collect(readJsonl(utf8('1\n{"a": 1,}\n'), { name: 'a.jsonl' }))).rejects.toThrow(
      /^a\.jsonl:2: not JSON: /,
    );
    await expect(collect(readJsonl(utf8(`${'['.repeat(100_000)}`)))).rejects.toThrow(DataError);
  });
});

describe('parallel text', () => {
  test('line by line', async () => {
    const pairs = await collect(readParallel(utf8('a\n\nc'), utf8('A\nB\nC\n')));
    expect(pairs).toEqual([
      { source: 'a', target: 'A', line: 1 },
      { source: '', target: 'B', line: 2 },
      { source: 'c', target: 'C', line: 3 },
    ]);
  });

  test('the file that ends early is named, and the other is closed', async () => {
    let isClosed = false;
    async function* long() {
      try {
        yield utf8('a\nb\nc\nd\n');
      } finally {
        isClosed = true;
      }
    }
    const names = ['x.en', 'x.fr'];
    await expect(collect(readParallel(long(), utf8('A\nB\n'), { names }))).rejects.toThrow(
      /^x\.fr: ends after line 2, but x\.en has a line 3/,
    );
    expect(isClosed).toBe(true);
    await expect(collect(readParallel(utf8('A\n'), long(), { names }))).rejects.toThrow(
      /^x\.en: ends after line 1/,
    );
  });

  test('two columns of a table', async () => {
    expect(await collect(readParallelTsv(utf8('a "b\tA\n')))).toEqual([
      { source: 'a "b', target: 'A', line: 1 },
    ]);
    const named = readParallelTsv(utf8('id\tfr\ten\n7\tA\ta\n'), { columns: ['en', 'fr'] });
    expect(await collect(named)).toEqual([{ source: 'a', target: 'A', line: 2 }]);
    await expect(collect(readParallelTsv(utf8('a\tb\tc\n'), { name: 'p.tsv' }))).rejects.toThrow(
      /^p\.tsv:1: 3 fields/,
    );
  });
});
