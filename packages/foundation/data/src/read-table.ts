import Papa from 'papaparse';
import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { type Line, rawLines, readLines } from './read-lines.ts';

const longestRecord = 2 ** 24;

export type Row = {
  fields: string[];
  /** Where the row begins: 1 for the first line of the file. */
  line: number;
};

export type TableOptions = ReaderOptions & {
  /** The file's first row is a header: give these of its columns, in this order. All columns, and no header, unless told. */
  columns?: readonly string[] | undefined;
};

/**
 * The rows of a CSV file (RFC 4180): fields in double quotes may hold separators, line ends and doubled quotes. Every row
 * has as many fields as the first; empty lines are passed over.
 *
 * @param options.separator  one character; a comma unless told
 * @throws DataError while iterating, naming the file and the line: ragged rows, a quote that does not end or is followed by
 *   text, a column that the header lacks, and what `readLines` throws
 */
export async function* readCsv(
  source: ByteSource,
  options: TableOptions & { separator?: string | undefined } = {},
): AsyncGenerator<Row, void, undefined> {
  const { separator = ',' } = options;
  const name = sourceName(source, options);
  if (separator.length !== 1 || /["\r\n\uFEFF]/.test(separator)) {
    throw new RangeError(
      `readCsv: \`separator\` is ${JSON.stringify(separator)}, expected one character, such as ";".`,
    );
  }
  const hint = `A field that holds ${JSON.stringify(separator)} must stand in quotes.`;
  yield* table(csvRows(source, separator, name), { ...options, name, hint });
}

/**
 * The rows of a TSV file: fields between tabs, as they are; a quote is a character like any other. Every row has as many
 * fields as the first; empty lines are passed over.
 *
 * @throws DataError while iterating, naming the file and the line: ragged rows, a column that the header lacks, and what
 *   `readLines` throws
 */
export async function* readTsv(
  source: ByteSource,
  options: TableOptions = {},
): AsyncGenerator<Row, void, undefined> {
  const name = sourceName(source, options);
  const hint = 'A field of a TSV file cannot hold a tab.';
  yield* table(tsvRows(source, name), { ...options, name, hint });
}

async function* tsvRows(source: ByteSource, name: string): AsyncGenerator<Row, void, undefined> {
  for await (const { text, line } of readLines(source, { name })) {
    if (text !== '') yield { fields: text.split('\t'), line };
  }
}

async function* csvRows(
  source: ByteSource,
  separator: string,
  name: string,
): AsyncGenerator<Row, void, undefined> {
  // A record ends at the first line end outside quotes; a quote within quotes is doubled, so there they are even in number.
  let open: Line | undefined;
  for await (const { text, line } of rawLines(source, name, { quotes: true })) {
    const isOdd = countQuotes(text) % 2 === 1;
    if (open === undefined && !isOdd) {
      const record = withoutCarriageReturn(text);
      if (record !== '') yield { fields: parseRecord(record, separator, line, name), line };
      continue;
    }
    open = open === undefined ? { text, line } : { text: `${open.text}\n${text}`, line: open.line };
    if (isOdd && open.line !== line) {
      const record = withoutCarriageReturn(open.text);
      yield { fields: parseRecord(record, separator, open.line, name), line: open.line };
      open = undefined;
    } else if (open.text.length > longestRecord) break;
  }
  if (open !== undefined) {
    throw new DataError(
      `${name}:${open.line}: a quoted field begins in this row and does not end` +
        `${open.text.length > longestRecord ? ` within ${longestRecord} characters` : ''}. ` +
        'Close the quotes; a quote inside them is written twice ("").',
    );
  }
}

function parseRecord(record: string, separator: string, line: number, name: string): string[] {
  if (!record.includes('"')) return record.split(separator);
  const { data, errors } = Papa.parse<string[]>(record, { delimiter: separator, newline: '\n' });
  if (errors.length > 0 || data.length !== 1) {
    throw new DataError(
      `${name}:${line}: the quotes of this row do not match, expected a field "in quotes" from separator to separator. ` +
        'A quote inside quotes is written twice ("").',
    );
  }
  return data[0]!;
}

async function* table(
  rows: AsyncIterable<Row>,
  { name, hint, columns }: { name: string; hint: string; columns?: readonly string[] | undefined },
): AsyncGenerator<Row, void, undefined> {
  let first: Row | undefined;
  let chosen: number[] | undefined;
  for await (const row of rows) {
    if (first === undefined) {
      first = row;
      if (columns !== undefined) {
        chosen = chooseColumns(row, columns, name);
        continue;
      }
    }
    const { fields, line } = row;
    if (fields.length !== first.fields.length) {
      throw new DataError(
        `${name}:${line}: ${count(fields.length)}, expected ${first.fields.length} as in line ${first.line}. ${hint}`,
      );
    }
    yield chosen === undefined ? row : { fields: chosen.map((index) => fields[index]!), line };
  }
}

function chooseColumns({ fields, line }: Row, columns: readonly string[], name: string): number[] {
  return columns.map((column) => {
    const index = fields.indexOf(column);
    if (index < 0 || fields.indexOf(column, index + 1) >= 0) {
      throw new DataError(
        `${name}:${line}: the header has ${index < 0 ? 'no' : 'more than one'} column ${JSON.stringify(column)}; it has ` +
          `${fields.map((field) => JSON.stringify(field)).join(', ')}. Name columns of this header.`,
      );
    }
    return index;
  });
}

const count = (fields: number) => (fields === 1 ? 'one field' : `${fields} fields`);

const withoutCarriageReturn = (text: string) => (text.endsWith('\r') ? text.slice(0, -1) : text);

function countQuotes(text: string): number {
  let quotes = 0;
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) quotes++;
  return quotes;
}
