import { decodeText, type TextStatistics, type TextStream } from './decode-text.ts';
import { fileBytes } from './file-bytes.ts';

/**
 * The text of a file, UTF-8, plain or gzip; see `decodeText`.
 * @throws DataError while iterating, naming the file and what to do
 */
export function readTextFile(path: string): TextStream {
  return readTextFiles([path]);
}

/**
 * The texts of several files, one after another, as one text: nothing is put between them. A file without a
 * final line end joins its last line with the first of the next. The statistics are the sums over the files.
 * Iterating again reads the files again.
 * @throws DataError while iterating, naming the file and what to do
 */
export function readTextFiles(paths: readonly string[]): TextStream {
  const statistics: TextStatistics = { bytes: 0, characters: 0, lines: 0, replaced: 0 };
  return { statistics, [Symbol.asyncIterator]: () => readAll(paths, statistics) };
}

async function* readAll(
  paths: readonly string[],
  total: TextStatistics,
): AsyncGenerator<string, void, undefined> {
  Object.assign(total, { bytes: 0, characters: 0, lines: 0, replaced: 0 });
  for (const path of paths) {
    const before = { ...total };
    const text = decodeText(fileBytes(path));
    const add = () => {
      for (const name of ['bytes', 'characters', 'lines', 'replaced'] as const) {
        total[name] = before[name] + text.statistics[name];
      }
    };
    for await (const chunk of text) {
      add();
      yield chunk;
    }
    add();
  }
}
