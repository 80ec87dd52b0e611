import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { fileError } from '@ostinato/data/node';
import { gzip, type NgramModel, readArpa, type Vocabulary, writeArpa } from '@ostinato/ngram';
import { UserError } from './user-error.ts';

/** Reads an ARPA file, plain or gzip. Errors name the file and the line. */
export async function readNgramModel(path: string): Promise<NgramModel<Vocabulary<string>>> {
  try {
    return await readArpa(createReadStream(path));
  } catch (error) {
    const cause = fileError(path, error);
    if (cause !== error) throw cause;
    throw new UserError(
      `${path}: ${(error as Error).message} Expected an ARPA file, plain or gzip, as \`ostinato ngram train\` writes it.`,
    );
  }
}

/** Writes an ARPA file, gzipped when its name ends in .gz: under a temporary name, then renamed. */
export async function writeNgramModel(path: string, model: NgramModel<Vocabulary<string>>): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const text = writeArpa(model);
    await pipeline(path.endsWith('.gz') ? gzip(text) : text, createWriteStream(temporary, { flush: true }));
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(path, error);
  }
}
