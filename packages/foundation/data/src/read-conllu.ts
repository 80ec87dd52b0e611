import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { readLines } from './read-lines.ts';

/** A syntactic word. An underscore, which stands for nothing, is `undefined` in the optional columns. */
export type ConlluWord = {
  form: string;
  lemma: string | undefined;
  /** Universal part of speech. */
  upos: string | undefined;
  /** The treebank's own part of speech. */
  xpos: string | undefined;
  /** Morphological features: { Number: 'Sing' }. */
  feats: Record<string, string>;
  /** The word that this one depends on: 1 for the first of the sentence, 0 for the root. */
  head: number | undefined;
  deprel: string | undefined;
  /** Enhanced dependencies, as they stand. */
  deps: string | undefined;
  misc: string | undefined;
  line: number;
};

export type ConlluSentence = {
  words: ConlluWord[];
  /** The comment lines above, without # and the spaces around. */
  comments: string[];
  /** The line of the first word. */
  line: number;
};

const columns = 10;
const wordId = /^[1-9]\d*$/;
const skippedId = /^(?:[1-9]\d*-[1-9]\d*|\d+\.[1-9]\d*)$/;

/**
 * The sentences of a CoNLL-U file (https://universaldependencies.org/format.html). Multiword-token ranges (3-4) and empty nodes
 * (5.1) are skipped: what is left are the words that tags and trees speak of.
 *
 * @throws DataError while iterating, naming the file and the line: other than 10 columns, ids that do not count 1, 2, 3,
 *   a head that is no word, an empty column, a comment or no word in the wrong place, and what `readLines` throws
 */
export async function* readConllu(
  source: ByteSource,
  options: ReaderOptions = {},
): AsyncGenerator<ConlluSentence, void, undefined> {
  const name = sourceName(source, options);
  let words: ConlluWord[] = [];
  let comments: string[] = [];
  let hasRows = false;
  let last = 0;

  const finish = (): ConlluSentence => {
    for (const { head, line } of words) {
      if (head !== undefined && head > words.length) {
        throw new DataError(
          `${name}:${line}: HEAD is ${head}, expected 0 to ${words.length}, the words of this sentence.`,
        );
      }
    }
    return { words, comments, line: words[0]!.line };
  };

  for await (const { text, line } of readLines(source, { name })) {
    last = line;
    if (text === '') {
      if (hasRows && words.length === 0) throw wordless(name, line);
      if (hasRows) yield finish();
      // Comments that a blank line follows belong to no sentence.
      words = [];
      comments = [];
      hasRows = false;
    } else if (text.startsWith('#') && !hasRows) {
      comments.push(text.slice(1).trim());
    } else {
      hasRows = true;
      const fields = text.split('\t');
      checkFields(fields, name, line);
      if (skippedId.test(fields[0]!)) continue;
      words.push(parseWord(fields, words.length + 1, name, line));
    }
  }
  if (hasRows && words.length === 0) throw wordless(name, last);
  if (hasRows) yield finish();
}

function checkFields(fields: readonly string[], name: string, line: number): void {
  if (fields.length !== columns) {
    const remedy =
      fields.length === 1 && fields[0]!.startsWith('#')
        ? 'Comments stand above the words of a sentence.'
        : fields.length === 1
          ? 'Columns are separated by tabs, not spaces.'
          : 'Write _ in a column that has nothing.';
    throw new DataError(
      `${name}:${line}: ${fields.length === 1 ? '1 column' : `${fields.length} columns`}, expected the ${columns} of CoNLL-U. ${remedy}`,
    );
  }
  const empty = fields.indexOf('');
  if (empty >= 0) {
    throw new DataError(
      `${name}:${line}: column ${empty + 1} is empty. Write _ in a column that has nothing.`,
    );
  }
}

function parseWord(fields: readonly string[], expectedId: number, name: string, line: number): ConlluWord {
  const [id, form, lemma, upos, xpos, feats, head, deprel, deps, misc] = fields as [
    string, string, string, string, string, string, string, string, string, string,
  ]; // biome-ignore format: ten strings
  if (!wordId.test(id) || Number(id) !== expectedId) {
    throw new DataError(
      `${name}:${line}: the id is ${JSON.stringify(id)}, expected ${expectedId}. Words count 1, 2, 3 from the beginning of a ` +
        'sentence; an empty line ends it.',
    );
  }
  if (head !== '_' && head !== '0' && !wordId.test(head)) {
    throw new DataError(
      `${name}:${line}: HEAD is ${JSON.stringify(head)}, expected the id of a word, 0 or _.`,
    );
  }
  const given = (field: string) => (field === '_' ? undefined : field);
  return {
    form,
    // The word _ itself has the lemma _.
    lemma: form === '_' ? lemma : given(lemma),
    upos: given(upos),
    xpos: given(xpos),
    feats: parseFeatures(feats, name, line),
    head: head === '_' ? undefined : Number(head),
    deprel: given(deprel),
    deps: given(deps),
    misc: given(misc),
    line,
  };
}

function parseFeatures(feats: string, name: string, line: number): Record<string, string> {
  const features: Record<string, string> = {};
  if (feats === '_') return features;
  for (const pair of feats.split('|')) {
    const at = pair.indexOf('=');
    if (at < 1 || at === pair.length - 1) {
      throw new DataError(
        `${name}:${line}: the feature ${JSON.stringify(pair)} in FEATS, expected Name=Value pairs separated by |, or _.`,
      );
    }
    // A plain assignment would lose a feature called __proto__.
    Object.defineProperty(features, pair.slice(0, at), {
      value: pair.slice(at + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return features;
}

const wordless = (name: string, line: number) =>
  new DataError(
    `${name}:${line}: a sentence of ranges or empty nodes alone, without a word. Give the words of each range below it.`,
  );
