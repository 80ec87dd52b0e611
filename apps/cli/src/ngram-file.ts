import { createReadStream, rmSync } from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { fileError } from '@ostinato/data/node';
import {
  binaryChunks,
  gzip,
  type NgramModel,
  readArpa,
  readBinary,
  Vocabulary,
  writeArpa,
} from '@ostinato/ngram';
import { onExit } from 'signal-exit';
import { UserError } from './user-error.ts';

export type WordModel = NgramModel<Vocabulary<string>>;

export interface NgramFile {
  model: WordModel;
  form: 'ARPA' | 'gzip ARPA' | 'binary';
  bytes: number;
}

/** Reads an n-gram model of whichever form its content shows. Errors name the file and the line or byte. */
export async function readNgramFile(path: string): Promise<NgramFile> {
  let bytes = 0;
  let first: Uint8Array | undefined;
  async function* content(): AsyncGenerator<Uint8Array, void, undefined> {
    if (first) yield first;
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  }
  const chunks = createReadStream(path, { highWaterMark: 1 << 18 }).iterator({ destroyOnReturn: true });
  try {
    first = (await chunks.next()).value as Uint8Array | undefined;
    bytes = first?.length ?? 0;
    const form = formOf(first ?? new Uint8Array());
    const model = form === 'binary' ? await openBinary(content()) : await readArpa(content());
    return { model, form, bytes };
  } catch (error) {
    const cause = fileError(path, error);
    if (cause !== error) throw cause;
    throw new UserError(
      `${path}: ${(error as Error).message} Expected a model as \`ostinato ngram train\` writes it: an ARPA file, plain or gzip, or a binary file.`,
    );
  } finally {
    await chunks.return?.();
  }
}

export async function readNgramModel(path: string): Promise<WordModel> {
  return (await readNgramFile(path)).model;
}

/**
 * Writes a model in the form that the name asks for, under a temporary name that is then renamed: what was there
 * stays whole until then.
 *
 * @param options.quantize  bits of a number in a binary file; 32 if not given
 */
export async function writeNgramModel(
  path: string,
  model: WordModel,
  options: { quantize?: 8 | 16 } = {},
): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  const remove = () => rmSync(temporary, { force: true });
  const forget = onExit(remove);
  try {
    const file = await open(temporary, 'w');
    try {
      await writeFile(file, content(path, model, options));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    remove();
    throw fileError(path, error);
  } finally {
    forget();
  }
}

function content(path: string, model: WordModel, options: { quantize?: 8 | 16 }) {
  if (path.endsWith('.bin')) return binaryChunks(model, { ...options, reuse: true });
  return path.endsWith('.gz') ? gzip(writeArpa(model)) : writeArpa(model);
}

/** A text has no zero byte; a binary file has some in its first twenty, even if others of these are damaged. */
function formOf(start: Uint8Array): NgramFile['form'] {
  if (start[0] === 0x1f) return 'gzip ARPA';
  return start.subarray(0, 20).includes(0) ? 'binary' : 'ARPA';
}

async function openBinary(chunks: AsyncIterable<Uint8Array>): Promise<WordModel> {
  const model = readBinary(await buffer(chunks));
  const { vocabulary } = model;
  const hasWords =
    vocabulary instanceof Vocabulary &&
    vocabulary.begin !== undefined &&
    Array.from({ length: model.trie.vocabularySize }, (_, id) => vocabulary.token(id)).every(
      (token) => typeof token === 'string',
    );
  if (!hasWords) throw new Error('its tokens are numbers, not words between <s> and </s>.');
  return model as WordModel;
}
