import { DataError } from './data-error.ts';

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

/**
 * What errors call the source. Every reader asks first, so that here it is seen whether it is one.
 * @throws DataError for what holds no bytes
 */
export function sourceName(source: ByteSource, { name }: ReaderOptions): string {
  const given: unknown = source;
  const holder = typeof given === 'object' && given !== null ? given : undefined;
  const own = holder && 'name' in holder && typeof holder.name === 'string' ? holder.name : undefined;
  const called = name ?? own ?? 'input';
  if (holder && (holder instanceof Blob || Symbol.iterator in holder || isStream(holder))) return called;
  throw new DataError(
    `${called}: the source is ${described(given)}, expected a File, Blob, bytes or a stream of them. ${remedy(given)}`,
  );
}

/**
 * Iterates any of them; not every browser can iterate a ReadableStream by itself. Leaving early cancels.
 * @throws DataError for a chunk that is no bytes
 */
export async function* byteChunks(
  source: ByteSource,
  name: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (isBytes(source)) {
    yield source;
    return;
  }
  const stream = source instanceof Blob ? source.stream() : source;
  if (!(stream instanceof ReadableStream)) {
    for await (const chunk of stream) yield checkedChunk(chunk, name);
    return;
  }
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield checkedChunk(value, name);
    }
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

function isStream(source: object): boolean {
  return source instanceof ReadableStream || Symbol.asyncIterator in source;
}

/** Bytes of another realm, too: those of a frame, or of Node in the sandbox of a test runner. */
function isBytes(given: unknown): given is Uint8Array {
  return Object.prototype.toString.call(given) === '[object Uint8Array]';
}

function checkedChunk(chunk: Uint8Array, name: string): Uint8Array {
  if (isBytes(chunk)) return chunk;
  throw new DataError(
    `${name}: a chunk of the source is ${described(chunk)}, expected bytes, a Uint8Array. ` +
      (typeof chunk === 'string' ? remedy(chunk) : 'Give the bytes of a file, whole or in chunks.'),
  );
}

function described(given: unknown): string {
  if (typeof given === 'string') {
    return given.length > 60 ? `${JSON.stringify(given.slice(0, 60)).slice(0, -1)}…"` : JSON.stringify(given);
  }
  if (typeof given === 'function') return 'a function';
  if (typeof given !== 'object' || given === null) return String(given);
  const kind = given.constructor?.name ?? 'Object';
  return kind === 'Object' ? 'an object' : `${/^[AEIO]/.test(kind) ? 'an' : 'a'} ${kind}`;
}

function remedy(given: unknown): string {
  if (typeof given === 'string') {
    return 'In Node, fileBytes(path) of @ostinato/data/node makes one of a path; new TextEncoder().encode(text) makes one of a text.';
  }
  if (given instanceof URL) return 'Take (await fetch(url)).body.';
  if (given instanceof Response) return 'Take response.body.';
  if (given instanceof ArrayBuffer) return 'Take new Uint8Array(buffer).';
  return 'In Node, fileBytes(path) of @ostinato/data/node makes one of a path.';
}
