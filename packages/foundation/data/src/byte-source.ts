/**
 * The bytes of a file: a `File` or `Blob` of a page, `response.body`, a Node stream, or chunks of any length as they arrive.
 * One that has a `name`, as a `File` has, is called by it in errors.
 */
export type ByteSource =
  | Blob
  | Uint8Array
  | Iterable<Uint8Array>
  | AsyncIterable<Uint8Array>
  | ReadableStream<Uint8Array>;

export type ReaderOptions = {
  /** What errors call the file; the source's own name unless told. */
  name?: string | undefined;
};

export function sourceName(source: ByteSource, { name }: ReaderOptions): string {
  if (name !== undefined) return name;
  return 'name' in source && typeof source.name === 'string' ? source.name : 'input';
}

/** Iterates any of them; not every browser can iterate a ReadableStream by itself. Leaving early cancels. */
export async function* byteChunks(source: ByteSource): AsyncGenerator<Uint8Array, void, undefined> {
  if (source instanceof Uint8Array) {
    yield source;
    return;
  }
  const stream = source instanceof Blob ? source.stream() : source;
  if (!(stream instanceof ReadableStream)) {
    yield* stream;
    return;
  }
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}
