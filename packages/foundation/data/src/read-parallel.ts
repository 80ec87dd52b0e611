import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { readLines } from './read-lines.ts';
import { readTsv } from './read-table.ts';

export type TextPair = {
  source: string;
  target: string;
  line: number;
};

/**
 * Parallel text in two files: line by line, the second is the translation of the first.
 *
 * @throws DataError while iterating, naming the file and the line where one ends before the other, and what `readLines` throws
 */
export async function* readParallel(
  sources: ByteSource,
  targets: ByteSource,
  { names = [] }: { names?: readonly (string | undefined)[] | undefined } = {},
): AsyncGenerator<TextPair, void, undefined> {
  const files = [sources, targets].map((bytes, i) => {
    const name = sourceName(bytes, { name: names[i] });
    return { name, lines: readLines(bytes, { name }) };
  });
  const [left, right] = files as [(typeof files)[0], (typeof files)[0]];
  try {
    for (let line = 1; ; line++) {
      // One after the other, so that of two faults it is always the same that is reported.
      const source = await left.lines.next();
      const target = await right.lines.next();
      if (source.done && target.done) return;
      if (source.done || target.done) {
        const [short, long] = source.done ? [left, right] : [right, left];
        throw new DataError(
          `${short.name}: ends after line ${line - 1}, but ${long.name} has a line ${line}. ` +
            'Parallel files have a line for each line of the other.',
        );
      }
      yield { source: source.value.text, target: target.value.text, line };
    }
  } finally {
    await left.lines.return();
    await right.lines.return();
  }
}

/**
 * Parallel text in a TSV file of two columns, source and target; or in two named columns of one with a header.
 * @throws DataError while iterating, naming the file and the line, as `readTsv` does and for other than two columns
 */
export async function* readParallelTsv(
  source: ByteSource,
  options: ReaderOptions & { columns?: readonly [source: string, target: string] | undefined } = {},
): AsyncGenerator<TextPair, void, undefined> {
  const name = sourceName(source, options);
  for await (const { fields, line } of readTsv(source, options)) {
    if (fields.length !== 2) {
      throw new DataError(
        `${name}:${line}: ${fields.length} fields, expected a source and a target. Choose two with \`columns\`, ` +
          'if the file has a header.',
      );
    }
    yield { source: fields[0]!, target: fields[1]!, line };
  }
}
