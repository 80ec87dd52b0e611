import type { StreamDecoder, TextChunks, Tokenizer } from './tokenizer.ts';
import { toChunks } from './tokenizer.ts';
import type { TokenizerJson } from './tokenizer-file.ts';
import { buildVocabulary, type Vocabulary, type VocabularyOptions } from './vocabulary.ts';
import { wordLevelJson } from './word-level.ts';
import { wordSplitter } from './word-splitter.ts';

/**
 * As pre-tokenizer and decoder of a `tokenizer.json`: words and line ends are what the pattern matches;
 * joined by spaces, none of them around a line end. No word begins with the prefix " ", so none is glued.
 */
export const wordPipeline = {
  pre_tokenizer: { type: 'Split', pattern: { Regex: '\\n|\\S+' }, behavior: 'Removed', invert: true },
  decoder: {
    type: 'Sequence',
    decoders: [
      { type: 'WordPiece', prefix: ' ', cleanup: false },
      { type: 'Fuse' },
      { type: 'Replace', pattern: { Regex: ' ?\\n ?' }, content: '\n' },
    ],
  },
} as const;

const lineEnd = '\n';
const sliceLength = 1 << 16;

/**
 * One token per word (a run without white space) and one per line end, `\n`. `decode(encode(text))` has the
 * words and line ends of the text; runs of other white space become one space, and go at either end of a
 * line (so `\r\n` becomes `\n`). A word that spells `<unk>` or `<s>` is unknown.
 */
export class WordTokenizer implements Tokenizer {
  readonly vocabulary: Vocabulary;

  /** @throws Error if a token is neither a word nor a line end */
  constructor(vocabulary: Vocabulary) {
    vocabulary.tokens.forEach((token, id) => {
      if (token === lineEnd || /^\P{White_Space}+$/u.test(token)) return;
      throw new Error(
        `WordTokenizer: token ${JSON.stringify(token)} (id ${id}) is empty or has white space in it, ` +
          'so no text could give it. Use a vocabulary of words and "\\n".',
      );
    });
    this.vocabulary = vocabulary;
  }

  encode(text: string): Int32Array {
    const splitter = wordSplitter();
    const ids: number[] = [];
    const add = (word: string) => ids.push(this.#idOf(word));
    // In slices, so that the words of a long text are not all held at once.
    for (let i = 0; i < text.length; i += sliceLength)
      splitter.push(text.slice(i, i + sliceLength)).forEach(add);
    splitter.end().forEach(add);
    return Int32Array.from(ids);
  }

  async *encodeStream(chunks: TextChunks): AsyncGenerator<Int32Array, void, undefined> {
    for await (const words of wordsOf(chunks)) yield Int32Array.from(words, (word) => this.#idOf(word));
  }

  decode(ids: Iterable<number>): string {
    const { push } = this.streamDecoder();
    return Array.from(ids, push).join('');
  }

  streamDecoder(): StreamDecoder {
    const { vocabulary } = this;
    let previous = lineEnd;
    return {
      push(id) {
        const token = vocabulary.tokenOf(id);
        if (id === vocabulary.startId) return '';
        const separator = previous === lineEnd || token === lineEnd ? '' : ' ';
        previous = token;
        return separator + token;
      },
    };
  }

  toJSON(): TokenizerJson {
    return wordLevelJson(this.vocabulary, wordPipeline);
  }

  #idOf(word: string): number {
    const id = this.vocabulary.idOf(word) ?? this.vocabulary.idOf(wellFormed(word));
    return id === undefined || id === this.vocabulary.startId ? this.vocabulary.unknownId : id;
  }
}

/**
 * Counts the words and line ends of a text in one pass, in memory that grows with the different words alone,
 * and makes their tokenizer.
 *
 * @throws Error if the text has no word and no line end, or RangeError if an option is out of range
 */
export async function trainWordTokenizer(
  chunks: TextChunks,
  options: VocabularyOptions = {},
): Promise<WordTokenizer> {
  const seen = new Map<string, number>();
  for await (const words of wordsOf(chunks)) {
    for (const word of words) {
      const count = seen.get(word);
      seen.set(count === undefined ? detached(word) : word, (count ?? 0) + 1);
    }
  }
  if (seen.size === 0) {
    throw new Error('trainWordTokenizer: the text has no word and no line end. Give it a text with words.');
  }
  const counts = new Map<string, number>();
  for (const [word, count] of seen) {
    counts.set(wellFormed(word), (counts.get(wellFormed(word)) ?? 0) + count);
  }
  return new WordTokenizer(buildVocabulary(counts, options));
}

async function* wordsOf(chunks: TextChunks): AsyncGenerator<string[], void, undefined> {
  const splitter = wordSplitter();
  for await (const chunk of toChunks(chunks)) {
    const words = splitter.push(chunk);
    if (words.length > 0) yield words;
  }
  const last = splitter.end();
  if (last.length > 0) yield last;
}

function wellFormed(word: string): string {
  return word.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** A copy that does not keep alive the chunk the word was cut from, as V8's substrings do. */
function detached(word: string): string {
  return ` ${word}`.slice(1);
}
