import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, cut, utf8 } from './bytes.test-kit.ts';
import { readCsv, readTsv } from './index.ts';

const rowsOf = async (text: string, options = {}) =>
  (await collect(readCsv(utf8(text), { name: 'a.csv', ...options }))).map(({ fields, line }) => [
    line,
    ...fields,
  ]);

describe('readCsv', () => {
  test('quotes, separators, doubled quotes and line ends in fields; empty lines passed over', async () => {
    expect(await rowsOf('a,"b, c"\r\n\r\n"d ""e""","f\r\ng"\n,""\n')).toEqual([
      [1, 'a', 'b, c'],
      [3, 'd "e"', 'f\r\ng'],
      [5, '', ''],
    ]);
    expect(await rowsOf('a;"b;,c"', { separator: ';' })).toEqual([[1, 'a', 'b;,c']]);
  });

  test('brings back whatever RFC 4180 can write', async () => {
    const field = fc
      .array(fc.constantFrom('a', '"', ',', '\n', '\r\n', '\r', 'é', ' ', '\uFEFF', 'null'))
      .map((parts) => parts.join(''));
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.array(fc.nat(5)),
        fc.constantFrom('\n', '\r\n'),
        async (rows, cuts, lineEnd) => {
          const text = rows
            .map((row) =>
              row
                .map((value) => (/^[aé ]+$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`))
                .join(','),
            )
            .join(lineEnd);
          const read = await collect(readCsv(cut(utf8(text), cuts)));
          expect(read.map(({ fields }) => fields)).toEqual(rows);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('lines that end in CR alone are refused, not taken for one row', async () => {
    const text = 'label,text\rham,hi\rspam,win\r';
    await expect(collect(readCsv(utf8(text), { name: 'a.csv' }))).rejects.toThrow(
      /^a\.csv:1: the lines end in CR alone/,
    );
    await expect(collect(readTsv(utf8('a\tb\r1\t2\r'), { name: 'a.tsv' }))).rejects.toThrow(/^a\.tsv:1: /);
    expect(await collect(readCsv(utf8('a,"b\rc"')))).toMatchObject([{ fields: ['a', 'b\rc'] }]);
  });

  test('columns by the names of the header', async () => {
    const text = 'id,text,"my label"\n1,good,x\n2,"bad, bad",y\n';
    expect(await rowsOf(text, { columns: ['my label', 'text'] })).toEqual([
      [2, 'x', 'good'],
      [3, 'y', 'bad, bad'],
    ]);
    await expect(rowsOf(text, { columns: ['label'] })).rejects.toThrow(
      /^a\.csv:1: the header has no column "label"; it has "id", "text", "my label"/,
    );
    await expect(rowsOf('a,a\n1,2\n', { columns: ['a'] })).rejects.toThrow(/more than one column "a"/);
  });

  test.each([
    [
      'ragged',
      'a,b\n"x\ny",z\nc\n',
      /^a\.csv:4: one field, expected 2 as in line 1\. A field that holds ","/,
    ],
    ['ragged under a header', 'a,b\n1,2,3\n', /^a\.csv:2: 3 fields, expected 2/],
    [
      'a quote that does not end',
      'a,b\nc,"d\ne,f\n',
      /^a\.csv:2: a quoted field begins in this row and does not end/,
    ],
    ['text after a quote', 'a,b\n"c"d,e\n', /^a\.csv:2: the quotes of this row do not match/],
    [
      'a quote in two plain fields',
      '5" pipe,1\n6" pipe,2\n',
      /^a\.csv:1: the quotes of this row do not match/,
    ],
  ])('%s', async (_, text, message) => {
    await expect(rowsOf(text)).rejects.toThrow(message);
  });

  test('an endless quoted field is refused before it fills the memory', async () => {
    function* endless() {
      yield utf8('"');
      for (;;) yield utf8('a long line of text\n'.repeat(50_000));
    }
    await expect(collect(readCsv(endless()))).rejects.toThrow(
      /input:1: .* does not end within 16777216 characters/,
    );
  });

  test('a separator that cannot be one', async () => {
    for (const separator of ['', '"', '\n', ', ']) {
      await expect(rowsOf('a', { separator })).rejects.toThrow(/expected one character/);
    }
  });
});

test('readTsv takes quotes as they are', async () => {
  const rows = await collect(readTsv(utf8('ham\tsay "hi, \nspam\t"\r\n')));
  expect(rows).toEqual([
    { fields: ['ham', 'say "hi, '], line: 1 },
    { fields: ['spam', '"'], line: 2 },
  ]);
  await expect(collect(readTsv(utf8('a\tb\n\na\tb\tc\n'), { name: 'a.tsv' }))).rejects.toThrow(
    /^a\.tsv:3: 3 fields, expected 2 as in line 1\. A field of a TSV file cannot hold a tab/,
  );
});
