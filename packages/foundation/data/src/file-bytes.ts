import { createReadStream } from 'node:fs';
import { fileError } from './file-error.ts';

/** A file on disk, read in chunks, from its beginning each time it is iterated; for any reader. */
export interface FileBytes extends AsyncIterable<Uint8Array> {
  /** The path. */
  readonly name: string;
}

/**
 * The bytes of a file, as a source for the readers, which name it in their errors.
 * @throws DataError while iterating, naming the file and what to do
 */
export function fileBytes(path: string): FileBytes {
  return { name: path, [Symbol.asyncIterator]: () => chunks(path) };
}

async function* chunks(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(path, { highWaterMark: 1 << 18 });
  } catch (error) {
    throw fileError(path, error);
  }
}
