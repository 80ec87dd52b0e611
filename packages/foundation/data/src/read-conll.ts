import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { readLines } from './read-lines.ts';
import { parseTags, type TagScheme, tagsOfSpans } from './tag-scheme.ts';

export type TaggedSentence = {
  tokens: string[];
  /** One a token. */
  tags: string[];
  /** The line of the first token; the others follow. */
  line: number;
};

export type ConllOptions = ReaderOptions & {
  /** The column of the tokens, from 0; counted from the last with −1, −2. The first unless told. */
  tokenColumn?: number | undefined;
  /** The column of the tags; the last unless told. */
  tagColumn?: number | undefined;
  /** The tags are spans in this scheme: checked. Any tags unless told. */
  scheme?: TagScheme | undefined;
  /** Give the tags in this scheme. */
  convertTo?: TagScheme | undefined;
};

const documentStart = '-DOCSTART-';

/**
 * The sentences of a column file as of the CoNLL shared tasks: a token a line, its columns separated by tabs (or, in a file
 * without tabs, by spaces), an empty line after each sentence. -DOCSTART- lines are skipped. A token may be empty where tabs
 * separate, as a few of real corpora are; a tag may not.
 *
 * @throws DataError while iterating, naming the file and the line: another number of columns than in the first row, an empty
 *   tag, tags that are not of the scheme, and what `readLines` throws
 */
export async function* readConll(
  source: ByteSource,
  options: ConllOptions = {},
): AsyncGenerator<TaggedSentence, void, undefined> {
  const { tokenColumn = 0, tagColumn = -1, scheme, convertTo } = options;
  const name = sourceName(source, options);
  if (convertTo !== undefined && scheme === undefined) {
    throw new RangeError(
      'readConll: `convertTo` needs `scheme`, the scheme that the file has: bio, iob1 or bioes.',
    );
  }
  let first: { line: number; columns: number; separator: string | RegExp } | undefined;
  let sentence: TaggedSentence = { tokens: [], tags: [], line: 0 };
  const finish = () =>
    scheme === undefined ? sentence : inScheme(sentence, scheme, convertTo ?? scheme, name);

  for await (const { text, line } of readLines(source, { name })) {
    const row = text.trim() === '' ? '' : text;
    if (row === '' || row.startsWith(documentStart)) {
      if (sentence.tokens.length > 0) yield finish();
      sentence = { tokens: [], tags: [], line: 0 };
      continue;
    }
    const separator: string | RegExp = first?.separator ?? (row.includes('\t') ? '\t' : / +/);
    // Spaces alone: a token may be the space of another script.
    const fields = (separator === '\t' ? row : row.replace(/^ +| +$/g, '')).split(separator);
    first ??= checkColumns({ line, columns: fields.length, separator }, tokenColumn, tagColumn, name);
    if (fields.length !== first.columns) {
      throw new DataError(
        `${name}:${line}: ${fields.length === 1 ? '1 column' : `${fields.length} columns`}, expected ${first.columns} as in ` +
          `line ${first.line}. Columns are separated by ${separator === '\t' ? 'tabs' : 'spaces'}.`,
      );
    }
    const token = fields.at(tokenColumn)!;
    const tag = fields.at(tagColumn)!;
    if (tag === '') throw new DataError(`${name}:${line}: the tag is empty. Give every token a tag.`);
    if (sentence.tokens.length === 0) sentence.line = line;
    sentence.tokens.push(token);
    sentence.tags.push(tag);
  }
  if (sentence.tokens.length > 0) yield finish();
}

function checkColumns<First extends { line: number; columns: number }>(
  first: First,
  tokenColumn: number,
  tagColumn: number,
  name: string,
): First {
  const { line, columns } = first;
  for (const [option, column] of Object.entries({ tokenColumn, tagColumn })) {
    if (Number.isInteger(column) && column >= -columns && column < columns) continue;
    throw new DataError(
      `${name}:${line}: ${columns === 1 ? '1 column' : `${columns} columns`}, but \`${option}\` is ${column}. ` +
        `Set it to 0 to ${columns - 1}, or to −1 for the last.`,
    );
  }
  if ((tokenColumn + columns) % columns === (tagColumn + columns) % columns) {
    throw new DataError(
      `${name}:${line}: ${columns === 1 ? '1 column' : `${columns} columns`}, and token and tag would be the same one. ` +
        'Separate the columns by tabs or spaces, or set `tokenColumn` and `tagColumn`.',
    );
  }
  return first;
}

function inScheme(sentence: TaggedSentence, from: TagScheme, to: TagScheme, name: string): TaggedSentence {
  const { spans, problem } = parseTags(sentence.tags, from);
  if (problem !== undefined) {
    throw new DataError(`${name}:${sentence.line + problem.index}: ${problem.message}`);
  }
  return { ...sentence, tags: from === to ? sentence.tags : tagsOfSpans(spans, sentence.tags.length, to) };
}
