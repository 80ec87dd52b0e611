import { decodeText } from '@ostinato/data';
import { readTextFiles } from '@ostinato/data/node';
import { replacedNote } from './format.ts';
import type { Reporter } from './reporter.ts';
import { readTextTokenizer, readTokenizerFile } from './tokenizer-file.ts';

export interface TokenizerEncodeOptions {
  text?: string;
  tokens?: boolean;
  json?: boolean;
}

/** `ostinato tokenizer encode`: ids of a text, as they come; with `--json` and `--text` all that is known of them. */
export async function encodeText(
  path: string,
  files: readonly string[],
  { text, tokens, json }: TokenizerEncodeOptions,
  reporter: Reporter,
): Promise<number> {
  if (text !== undefined) {
    const tokenizer = await readTokenizerFile(path);
    const encoding = tokenizer.tokenize(text);
    const { ids, offsets } = encoding;
    reporter.result(
      { ids: [...ids], tokens: encoding.tokens, offsets, unknown: tokenizer.countUnknown(ids) },
      [tokens ? encoding.tokens.map((token) => JSON.stringify(token)).join('\n') : ids.join(' ')],
    );
    return 0;
  }
  const tokenizer = await readTextTokenizer(path);
  const source =
    files.length > 0 ? readTextFiles(files) : decodeText(process.stdin, { name: 'standard input' });
  const all: number[] = [];
  let unknown = 0;
  let first = true;
  for await (const ids of tokenizer.encodeStream(source)) {
    unknown += tokenizer.countUnknown(ids);
    if (json) for (const id of ids) all.push(id);
    else if (ids.length > 0) {
      const written = tokens
        ? Array.from(ids, (id) => `${JSON.stringify(tokenizer.vocabulary.tokenOf(id))}\n`).join('')
        : `${first ? '' : ' '}${ids.join(' ')}`;
      await reporter.write(written);
      first = false;
    }
  }
  const { replaced } = source.statistics;
  if (replaced > 0) reporter.note(replacedNote(replaced));
  if (json) {
    const shown = tokens ? { tokens: all.map((id) => tokenizer.vocabulary.tokenOf(id)) } : { ids: all };
    reporter.result({ ...shown, unknown, replaced }, []);
  } else if (!tokens) await reporter.write('\n');
  return 0;
}
