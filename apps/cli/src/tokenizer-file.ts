import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileError } from '@ostinato/data/node';
import { Tokenizer, tokenizerFromJson, tokenizerFromSentencePiece } from '@ostinato/tokenizers';
import { UserError } from './user-error.ts';

/** Reads a `tokenizer.json`, or a SentencePiece `.model`. Errors name the file and the place in it. */
export async function readTokenizerFile(path: string): Promise<Tokenizer> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
  try {
    if (path.endsWith('.model')) return tokenizerFromSentencePiece(bytes, path);
    return tokenizerFromJson(new TextDecoder().decode(bytes), path);
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** The same for a corpus: without what is put around single texts, and without cutting and padding them. */
export async function readTextTokenizer(path: string): Promise<Tokenizer> {
  const { stages } = await readTokenizerFile(path);
  return new Tokenizer({ ...stages, postProcessor: undefined, truncation: undefined, padding: undefined });
}

/** Writes a `tokenizer.json` under a temporary name that is then renamed. */
export async function writeTokenizerFile(path: string, tokenizer: Tokenizer): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, `${JSON.stringify(tokenizer, null, 1)}\n`, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(path, error);
  }
}

/**
 * What stands before a text: a line end, after which the model has often read on; or where that is no token of its own, the token
 * that begins a text. This one a model hardly ever reads in training, and tied to the output, which never predicts it, its vector
 * is driven to where it leads a recurrent network astray for good.
 *
 * @throws UserError if the tokenizer has neither
 */
export function startIdOf(tokenizer: Tokenizer, place: string): number {
  const lineEnd = tokenizer.encode('\n');
  if (lineEnd.length === 1 && lineEnd[0] !== tokenizer.unknownId) return lineEnd[0]!;
  if (tokenizer.startId !== undefined) return tokenizer.startId;
  throw new UserError(
    `${place}: the tokenizer has neither a token for the line end nor a special token that begins a text, such as <s>, <bos> or ` +
      '<|endoftext|>, one of which a language model needs. Add one, or train one with `ostinato tokenizer train`.',
  );
}
