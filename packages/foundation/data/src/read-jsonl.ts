import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { readLines } from './read-lines.ts';

export type JsonLine = {
  /** Whatever the line holds: check it before use. */
  value: unknown;
  line: number;
};

/**
 * The values of a JSONL file (https://jsonlines.org), one a line; empty lines are passed over.
 * @throws DataError while iterating, naming the file and the line that is not JSON, and what `readLines` throws
 */
export async function* readJsonl(
  source: ByteSource,
  options: ReaderOptions = {},
): AsyncGenerator<JsonLine, void, undefined> {
  const name = sourceName(source, options);
  for await (const { text, line } of readLines(source, { name })) {
    if (text.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new DataError(
        `${name}:${line}: not JSON: ${(error as Error).message}. Write one JSON value on each line.`,
        { cause: error },
      );
    }
    yield { value, line };
  }
}
