import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { endianness } from 'node:os';
import { DataError } from './data-error.ts';
import { fileError } from './file-error.ts';
import { checkRange, type TokenSource } from './token-source.ts';

/** Token ids on disk: nothing but the ids, little-endian, uint16 up to 65,536 different ones, int32 above. */
export interface TokenFile extends TokenSource {
  readonly path: string;
  read(start: number, end: number): Promise<Int32Array>;
  /** Lets go of the file. Nothing can be read after. */
  close(): Promise<void>;
  /** Closes and deletes the file. */
  remove(): Promise<void>;
}

export type TokenFileOptions = {
  /** Ids are 0 … vocabularySize − 1. */
  vocabularySize: number;
};

/**
 * Writes ids as they arrive, so that a text need not fit in memory. The file gets its name when it is whole;
 * after an error nothing is left of it, and a file that had the name before is as it was.
 *
 * @throws RangeError if an id is outside the vocabulary, DataError naming the path if it cannot be written
 */
export async function writeTokenFile(
  path: string,
  chunks: Iterable<Int32Array> | AsyncIterable<Int32Array>,
  { vocabularySize }: TokenFileOptions,
): Promise<TokenFile> {
  const Ids = idArray(vocabularySize);
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'w').catch((error) => Promise.reject(fileError(path, error)));
  try {
    let count = 0;
    for await (const ids of chunks) {
      checkIds(path, ids, count, vocabularySize);
      count += ids.length;
      const bytes = littleEndian(Buffer.from(Ids.from(ids).buffer), Ids.BYTES_PER_ELEMENT);
      for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten;
    }
    await file.sync();
    await file.close();
    await rename(partial, path);
  } catch (error) {
    await file.close().catch(() => {});
    await rm(partial, { force: true });
    throw fileError(path, error);
  }
  return openTokenFile(path, { vocabularySize });
}

/**
 * Opens a file that `writeTokenFile` made, with the same vocabulary size.
 * @throws DataError naming the path if it is missing or cannot be such a file
 */
export async function openTokenFile(path: string, { vocabularySize }: TokenFileOptions): Promise<TokenFile> {
  const Ids = idArray(vocabularySize);
  const width = Ids.BYTES_PER_ELEMENT;
  let file: FileHandle;
  try {
    file = await open(path, 'r');
  } catch (error) {
    throw fileError(path, error);
  }
  const { size } = await file.stat();
  const length = size / width;
  try {
    // A directory opens like a file; reading is what fails.
    await file.read(new Uint8Array(1), 0, 1, 0);
    if (!Number.isInteger(length)) {
      throw new DataError(
        `${path}: ${size} bytes are no whole number of ids of ${width} bytes. Write the token file again.`,
      );
    }
  } catch (error) {
    await file.close();
    throw fileError(path, error);
  }
  return {
    path,
    length,
    async read(start, end) {
      checkRange('TokenFile.read', start, end, length);
      const bytes = Buffer.from(new ArrayBuffer((end - start) * width));
      for (let done = 0; done < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, done, bytes.length - done, start * width + done);
        if (bytesRead === 0) {
          throw new DataError(`${path}: ends before token ${end}. It was cut short; write it again.`);
        }
        done += bytesRead;
      }
      const ids = Int32Array.from(new Ids(littleEndian(bytes, width).buffer));
      checkIds(path, ids, start, vocabularySize);
      return ids;
    },
    close: () => file.close(),
    async remove() {
      await file.close();
      await rm(path, { force: true });
    },
  };
}

function idArray(vocabularySize: number): Uint16ArrayConstructor | Int32ArrayConstructor {
  if (!Number.isInteger(vocabularySize) || vocabularySize < 1 || vocabularySize > 2 ** 31) {
    throw new RangeError(
      `Token file: \`vocabularySize\` is ${vocabularySize}, expected an integer from 1 to 2^31.`,
    );
  }
  return vocabularySize <= 2 ** 16 ? Uint16Array : Int32Array;
}

function checkIds(path: string, ids: Int32Array, start: number, vocabularySize: number): void {
  const bad = ids.findIndex((id) => id < 0 || id >= vocabularySize);
  if (bad < 0) return;
  throw new RangeError(
    `${path}: token ${start + bad} has the id ${ids[bad]}, expected 0 to ${vocabularySize - 1}. ` +
      'Use the vocabulary size of the tokenizer that made the ids.',
  );
}

function littleEndian(bytes: Buffer<ArrayBuffer>, width: number): Buffer<ArrayBuffer> {
  if (endianness() === 'LE') return bytes;
  return (width === 2 ? bytes.swap16() : bytes.swap32()) as Buffer<ArrayBuffer>;
}
