import { shown } from './check-text.ts';

/** A text in pieces, cut anywhere, even inside a surrogate pair. A plain string is one piece. */
export type TextChunks = string | Iterable<string> | AsyncIterable<string>;

/**
 * Lets `for await` see a plain string as one chunk, not as its characters.
 * @throws TypeError for what is neither
 */
export function toChunks(chunks: TextChunks): Iterable<string> | AsyncIterable<string> {
  if (typeof chunks === 'string') return [chunks];
  if (Symbol.iterator in Object(chunks) || Symbol.asyncIterator in Object(chunks)) return chunks;
  throw new TypeError(`the text is ${shown(chunks)}, expected a string or an (async) iterable of strings.`);
}
