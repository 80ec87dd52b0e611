import { DamagedFileError } from './damaged-file-error.ts';
import { gunzip } from './gzip.ts';
import { lineBatches } from './line-batches.ts';

/** Pieces of one file: text, UTF-8 bytes, or bytes of a gzip file. Where the pieces are cut has no meaning. */
export type FileChunks = Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>;

/**
 * The lines of a file, without their `\n`, in batches as they arrive. Bytes that start like a gzip file are
 * decompressed.
 *
 * @throws DamagedFileError naming the line at which the bytes stop being UTF-8, or the gzip data is damaged or ends early
 */
export async function* readLines(chunks: FileChunks): AsyncGenerator<string[], void, undefined> {
  let complete = 0;
  try {
    for await (const lines of lineBatches(decode(chunks))) {
      complete += lines.length;
      yield lines;
    }
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    throw new DamagedFileError(`line ${complete + 1}: ${error.message}; fetch or write the file again.`, {
      cause: error.cause,
    });
  }
}

async function* decode(chunks: FileChunks): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const utf8 = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
    } catch (cause) {
      throw new DamagedFileError('the bytes are not UTF-8', { cause });
    }
  };
  const source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  let next = await source.next();
  while (!next.done && next.value.length === 0) next = await source.next();
  async function* all(): AsyncGenerator<string | Uint8Array, void, undefined> {
    try {
      for (; !next.done; next = await source.next()) yield next.value;
    } finally {
      await source.return?.();
    }
  }
  const isGzip = !next.done && next.value[0] === 0x1f;
  for await (const chunk of isGzip ? gunzip(all() as AsyncGenerator<Uint8Array>) : all()) {
    yield typeof chunk === 'string' ? chunk : utf8(chunk);
  }
  yield utf8();
}
