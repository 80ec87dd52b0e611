import { lineBatches, type TextChunks } from './line-batches.ts';
import type { Vocabulary } from './vocabulary.ts';

const chunkSize = 1 << 12;

/** The lines of a text. As a string is an iterable of its characters, each is also a sentence of characters. */
export async function* splitLines(text: TextChunks): AsyncGenerator<string, void, undefined> {
  for await (const lines of lineBatches(text)) yield* lines;
}

/**
 * One sentence per line, words between white space, as lmplz reads text: lines end at `\n`, words at space, tab, `\r`
 * and `\0`. An empty line is an empty sentence.
 */
export async function* splitSentences(text: TextChunks): AsyncGenerator<string[], void, undefined> {
  for await (const lines of lineBatches(text)) for (const line of lines) yield splitWords(line);
}

/**
 * Turns sentences into one stream of ids, each sentence between the begin and the end id: what `countNgrams` and
 * `score` take.
 *
 * @param options.grow  give new tokens an id (for training); otherwise they become the unknown id
 * @param options.specialTokens  what to do with a special token inside a sentence: `'error'` (the default) or
 *   `'skip'`, as lmplz's `--skip_symbols`. Where the vocabulary does not grow, the unknown token is always allowed.
 * @throws Error naming the sentence, counted from 1, that holds a special token
 */
export async function* encodeSentences<Token>(
  sentences: Iterable<Iterable<Token>> | AsyncIterable<Iterable<Token>>,
  vocabulary: Vocabulary<Token>,
  options: { grow?: boolean; specialTokens?: 'error' | 'skip' } = {},
): AsyncGenerator<Int32Array, void, undefined> {
  const { grow = false, specialTokens = 'error' } = options;
  const { unknown, begin, end } = vocabulary;
  if (unknown === undefined || begin === undefined || end === undefined) {
    throw new Error(
      'encodeSentences: the vocabulary has no special tokens. Make it with `new Vocabulary(arpaTokens)`.',
    );
  }
  let ids = new Int32Array(2 * chunkSize);
  let length = 0;
  const push = (id: number) => {
    if (length === ids.length) {
      const longer = new Int32Array(2 * length);
      longer.set(ids);
      ids = longer;
    }
    ids[length++] = id;
  };
  let sentence = 0;
  for await (const tokens of sentences) {
    sentence++;
    push(begin);
    for (const token of tokens) {
      const id = grow ? vocabulary.add(token) : vocabulary.id(token)!;
      const special = id === begin || id === end || (grow && id === unknown);
      if (!special) push(id);
      else if (specialTokens === 'error') {
        throw new Error(
          `encodeSentences: sentence ${sentence} contains ${String(token)}, which the model keeps for itself. ` +
            "Remove it from the text, or pass specialTokens: 'skip' to read it as white space.",
        );
      }
    }
    push(end);
    if (length >= chunkSize) {
      yield ids.slice(0, length);
      length = 0;
    }
  }
  if (length > 0) yield ids.slice(0, length);
}

function splitWords(line: string): string[] {
  return line.split(/[\0\t\r ]+/).filter((word) => word !== '');
}
