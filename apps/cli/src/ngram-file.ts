import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzip, type NgramModel, readArpa, type Vocabulary, writeArpa } from '@ostinato/ngram';
import { UserError } from './user-error.ts';

/** Reads an ARPA file, plain or gzip. Errors name the file and the line. */
export async function readNgramModel(path: string): Promise<NgramModel<Vocabulary<string>>> {
  try {
    return await readArpa(createReadStream(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new UserError(`${path}: there is no such file.`);
    if (code === 'EISDIR')
      throw new UserError(`${path}: a folder, expected an n-gram model (.arpa or .arpa.gz).`);
    throw new UserError(`${path}: ${message}`);
  }
}

/** Writes an ARPA file, gzipped when its name ends in .gz: under a temporary name, then renamed. */
export async function writeNgramModel(path: string, model: NgramModel<Vocabulary<string>>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const text = writeArpa(model);
    await pipeline(path.endsWith('.gz') ? gzip(text) : text, createWriteStream(temporary, { flush: true }));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UserError(`${path}: the model could not be written (${(error as Error).message}).`);
  }
}
