import { DamagedFileError } from './damaged-file-error.ts';

type Chunks<T> = Iterable<T> | AsyncIterable<T>;

/** Compresses text into the bytes of a gzip file. */
export function gzip(text: Chunks<string>): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  return through(text, (chunk) => encoder.encode(chunk), new CompressionStream('gzip'));
}

/**
 * Decompresses the bytes of a gzip file.
 *
 * @throws DamagedFileError if they are damaged or end early
 */
export async function* gunzip(bytes: Chunks<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let sourceError: unknown;
  async function* watched(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* bytes;
    } catch (error) {
      sourceError = error;
      throw error;
    }
  }
  try {
    yield* through(watched(), (chunk) => chunk, new DecompressionStream('gzip'));
  } catch (error) {
    if (error === sourceError) throw error;
    throw new DamagedFileError('the gzip data is damaged or ends early', { cause: error });
  }
}

async function* through<T>(
  chunks: Chunks<T>,
  toBytes: (chunk: T) => Uint8Array,
  transform: CompressionStream | DecompressionStream,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]();
  const stream = new ReadableStream<BufferSource>({
    async pull(controller) {
      const next = await source.next();
      if (next.done) controller.close();
      else controller.enqueue(toBytes(next.value) as Uint8Array<ArrayBuffer>);
    },
    async cancel() {
      await source.return?.();
    },
  });
  const reader = stream.pipeThrough(transform).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}
