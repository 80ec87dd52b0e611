/** A text in pieces, cut anywhere, even inside a surrogate pair. A plain string is one piece. */
export type TextChunks = string | Iterable<string> | AsyncIterable<string>;

/** Lets `for await` see a plain string as one chunk, not as its characters. */
export function toChunks(chunks: TextChunks): Iterable<string> | AsyncIterable<string> {
  return typeof chunks === 'string' ? [chunks] : chunks;
}
