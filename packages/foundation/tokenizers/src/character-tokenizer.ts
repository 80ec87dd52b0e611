import type { StreamDecoder, TextChunks, Tokenizer } from './tokenizer.ts';
import { toChunks } from './tokenizer.ts';
import type { TokenizerJson } from './tokenizer-file.ts';
import { buildVocabulary, startToken, type Vocabulary, type VocabularyOptions } from './vocabulary.ts';
import { wordLevelJson } from './word-level.ts';

/** As pre-tokenizer and decoder of a `tokenizer.json`: every code point alone; all joined. */
export const characterPipeline = {
  pre_tokenizer: { type: 'Split', pattern: { Regex: '[\\s\\S]' }, behavior: 'Isolated', invert: false },
  decoder: { type: 'Fuse' },
} as const;

const basicPlaneSize = 0x10000;
const replacement = 0xfffd;

/**
 * One token per character (Unicode code point). `decode(encode(text)) === text` for every well-formed text
 * whose characters are all in the vocabulary, white space and line ends of any kind included.
 */
export class CharacterTokenizer implements Tokenizer {
  readonly vocabulary: Vocabulary;
  /** Ids by UTF-16 code unit, so that encoding makes no strings. Surrogates have U+FFFD's id. */
  readonly #basicPlane: Int32Array;
  readonly #beyond: ReadonlyMap<number, number>;

  /** @throws Error if a token is not a single character */
  constructor(vocabulary: Vocabulary) {
    this.vocabulary = vocabulary;
    this.#basicPlane = new Int32Array(basicPlaneSize).fill(vocabulary.unknownId);
    const beyond = new Map<number, number>();
    vocabulary.tokens.forEach((token, id) => {
      if (vocabulary.isSpecial(id)) return;
      const codePoint = token.codePointAt(0);
      if (codePoint === undefined || token !== String.fromCodePoint(codePoint) || isSurrogate(codePoint)) {
        throw new Error(
          `CharacterTokenizer: token ${JSON.stringify(token)} (id ${id}) is not one character. ` +
            'Use a vocabulary of single code points.',
        );
      }
      if (codePoint < basicPlaneSize) this.#basicPlane[codePoint] = id;
      else beyond.set(codePoint, id);
    });
    this.#basicPlane.fill(this.#basicPlane[replacement]!, 0xd800, 0xe000);
    this.#beyond = beyond;
  }

  encode(text: string): Int32Array {
    const ids = new Int32Array(text.length);
    const table = this.#basicPlane;
    const end = text.length;
    let length = 0;
    for (let i = 0; i < end; i++) {
      const unit = text.charCodeAt(i);
      if (isHighSurrogate(unit) && isLowSurrogate(text.charCodeAt(i + 1))) {
        ids[length++] = this.#beyond.get(text.codePointAt(i++)!) ?? this.vocabulary.unknownId;
      } else {
        ids[length++] = table[unit]!;
      }
    }
    return length === ids.length ? ids : ids.slice(0, length);
  }

  async *encodeStream(chunks: TextChunks): AsyncGenerator<Int32Array, void, undefined> {
    for await (const chunk of wholeCharacters(chunks)) yield this.encode(chunk);
  }

  decode(ids: Iterable<number>): string {
    const { push } = this.streamDecoder();
    return Array.from(ids, push).join('');
  }

  streamDecoder(): StreamDecoder {
    const { vocabulary } = this;
    return { push: (id) => (id === vocabulary.startId ? '' : vocabulary.tokenOf(id)) };
  }

  toJSON(): TokenizerJson {
    return wordLevelJson(this.vocabulary, characterPipeline);
  }
}

/**
 * Counts the characters of a text, in one pass and in memory that does not grow with it, and makes their
 * tokenizer.
 *
 * @throws Error if the text is empty, or RangeError if an option is out of range
 */
export async function trainCharacterTokenizer(
  chunks: TextChunks,
  options: VocabularyOptions = {},
): Promise<CharacterTokenizer> {
  const basicPlane = new Float64Array(basicPlaneSize);
  const counts = new Map<string, number>();
  for await (const chunk of wholeCharacters(chunks)) {
    for (let i = 0; i < chunk.length; i++) {
      const unit = chunk.charCodeAt(i);
      if (isHighSurrogate(unit) && isLowSurrogate(chunk.charCodeAt(i + 1))) {
        const character = chunk.slice(i, ++i + 1);
        counts.set(character, (counts.get(character) ?? 0) + 1);
      } else {
        basicPlane[isSurrogate(unit) ? replacement : unit]!++;
      }
    }
  }
  basicPlane.forEach((count, unit) => {
    if (count > 0) counts.set(String.fromCharCode(unit), count);
  });
  if (counts.size === 0) {
    throw new Error(
      'trainCharacterTokenizer: the text is empty, so there is no character to learn. ' +
        `Give it a text; ${startToken} and unknown characters are added by themselves.`,
    );
  }
  return new CharacterTokenizer(buildVocabulary(counts, options));
}

/** The same text in chunks that no surrogate pair straddles, none of them empty. */
async function* wholeCharacters(chunks: TextChunks): AsyncGenerator<string, void, undefined> {
  let held = '';
  for await (const chunk of toChunks(chunks)) {
    if (chunk === '') continue;
    const text = held + chunk;
    const cut = isHighSurrogate(text.charCodeAt(text.length - 1)) ? text.length - 1 : text.length;
    held = text.slice(cut);
    if (cut > 0) yield text.slice(0, cut);
  }
  if (held !== '') yield held;
}

function isHighSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

function isLowSurrogate(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xe000;
}
