import { type ByteSource, byteChunks } from './byte-source.ts';
import { DataError } from './data-error.ts';

const gzipMagic = [0x1f, 0x8b];

/**
 * The same bytes, inflated if they begin as gzip does (RFC 1952).
 * @throws DataError naming the file if the compressed data is truncated or damaged
 */
export async function* inflate(
  source: ByteSource,
  { name }: { name: string },
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = byteChunks(source, name);
  const head = await firstBytes(chunks, gzipMagic.length);
  const whole = rejoin(head, chunks);
  if (!gzipMagic.every((byte, i) => head[i] === byte)) {
    yield* whole;
    return;
  }

  let sourceError: unknown;
  const compressed = new ReadableStream<BufferSource>(
    {
      async pull(controller) {
        try {
          const { done, value } = await whole.next();
          if (done) controller.close();
          else controller.enqueue(value as Uint8Array<ArrayBuffer>);
        } catch (error) {
          sourceError = error;
          controller.error(error);
        }
      },
      async cancel() {
        await whole.return();
      },
    },
    { highWaterMark: 0 },
  );
  let inflated = 0;
  try {
    for await (const chunk of byteChunks(compressed.pipeThrough(new DecompressionStream('gzip')), name)) {
      inflated += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    throw new DataError(
      `${name}: the gzip data is truncated or damaged; ${inflated} bytes could be read. ` +
        'Fetch or compress the file again (`gzip -t` checks one).',
      { cause: error },
    );
  }
}

async function firstBytes(chunks: AsyncGenerator<Uint8Array>, length: number): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < length) {
    const { done, value } = await chunks.next();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  return head;
}

async function* rejoin(
  head: Uint8Array,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    if (head.length > 0) yield head;
    yield* rest;
  } finally {
    await rest.return();
  }
}
