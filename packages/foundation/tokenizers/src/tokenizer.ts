import type { TokenizerJson } from './tokenizer-file.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A text in pieces, cut anywhere, even inside a surrogate pair. A plain string is one piece. */
export type TextChunks = string | Iterable<string> | AsyncIterable<string>;

/**
 * Text to token ids and back. Where a text is cut into chunks never changes the ids.
 * Lone surrogates, which are no characters, are read as U+FFFD, as every UTF-8 encoder does.
 */
export interface Tokenizer {
  readonly vocabulary: Vocabulary;
  /** The ids of a whole text. What the vocabulary lacks becomes `<unk>`; no text gives `<s>`. */
  encode(text: string): Int32Array;
  /** The ids of a text that arrives in chunks, in order, in arrays of any length; holds one chunk at a time. */
  encodeStream(chunks: TextChunks): AsyncGenerator<Int32Array, void, undefined>;
  /**
   * The text of ids. `<unk>` is written so, `<s>` is not written.
   * @throws RangeError if an id is not in the vocabulary
   */
  decode(ids: Iterable<number>): string;
  /** Decodes one id at a time, for text that is shown while it is generated. */
  streamDecoder(): StreamDecoder;
  /** The contents of a `tokenizer.json` file. */
  toJSON(): TokenizerJson;
}

/** The pushes joined are what `decode` gives for the same ids. */
export interface StreamDecoder {
  /**
   * The text that this id adds.
   * @throws RangeError if the id is not in the vocabulary
   */
  push(id: number): string;
}

/** Lets `for await` see a plain string as one chunk, not as its characters. */
export function toChunks(chunks: TextChunks): Iterable<string> | AsyncIterable<string> {
  return typeof chunks === 'string' ? [chunks] : chunks;
}
