import { type ByteSource, byteChunks, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { inflate } from './inflate.ts';
import { joinBytes } from './read-lines.ts';

export type IdxValues = Uint8Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

export type IdxItem = {
  /** Row-major. */
  values: IdxValues;
  /** Sizes of the dimensions after the first, which counts the items: [28, 28] for images of MNIST, [] for labels. */
  shape: number[];
  /** 0 for the first. */
  index: number;
};

type Kind = { bytes: number; make(length: number): IdxValues; get(view: DataView, at: number): number };

const kinds: Record<number, Kind> = {
  8: { bytes: 1, make: (length) => new Uint8Array(length), get: (view, at) => view.getUint8(at) },
  9: { bytes: 1, make: (length) => new Int8Array(length), get: (view, at) => view.getInt8(at) },
  11: { bytes: 2, make: (length) => new Int16Array(length), get: (view, at) => view.getInt16(at) },
  12: { bytes: 4, make: (length) => new Int32Array(length), get: (view, at) => view.getInt32(at) },
  13: { bytes: 4, make: (length) => new Float32Array(length), get: (view, at) => view.getFloat32(at) },
  14: { bytes: 8, make: (length) => new Float64Array(length), get: (view, at) => view.getFloat64(at) },
};
const largestItem = 2 ** 28;

/**
 * The items of an IDX file, plain or gzip, one after another: the images or the labels of MNIST (LeCun, Cortes and Burges,
 * http://yann.lecun.com/exdb/mnist/). Holds one item in memory.
 *
 * @throws DataError while iterating, naming the file and the byte: not IDX, fewer or more bytes than the header says, items of
 *   more than 256 MiB
 */
export async function* readIdx(
  source: ByteSource,
  options: ReaderOptions = {},
): AsyncGenerator<IdxItem, void, undefined> {
  const name = sourceName(source, options);
  const bytes = new ByteQueue(inflate(source, { name }), name);
  try {
    const { kind, sizes } = await readHeader(bytes, name);
    const [items, ...shape] = sizes as [number, ...number[]];
    const length = shape.reduce((product, size) => product * size, 1);
    if (length === 0 || length * kind.bytes > largestItem) {
      throw new DataError(
        `${name}: the header says [${sizes.join(', ')}], items of ${length * kind.bytes} bytes, expected 1 to ${largestItem}.`,
      );
    }
    for (let index = 0; index < items; index++) {
      const begin = bytes.position;
      const raw = await bytes.take(length * kind.bytes);
      if (raw.length < length * kind.bytes) {
        throw new DataError(
          `${name}: ends at byte ${begin + raw.length} in item ${index} (from 0), but its header promises ${items} items ` +
            `of ${length * kind.bytes} bytes. The file is truncated: fetch it again.`,
        );
      }
      const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
      const values = kind.make(length);
      for (let i = 0; i < length; i++) values[i] = kind.get(view, i * kind.bytes);
      yield { values, shape: [...shape], index };
    }
    const end = bytes.position;
    if ((await bytes.take(1)).length > 0) {
      throw new DataError(
        `${name}: goes on after byte ${end}, where its ${items} items end. The header is wrong, or something was added.`,
      );
    }
  } finally {
    await bytes.close();
  }
}

async function readHeader(bytes: ByteQueue, name: string): Promise<{ kind: Kind; sizes: number[] }> {
  const magic = await bytes.take(4);
  const kind = kinds[magic[2] ?? 0];
  const dimensions = magic[3] ?? 0;
  if (magic.length < 4 || magic[0] !== 0 || magic[1] !== 0 || kind === undefined || dimensions === 0) {
    throw new DataError(
      `${name}: not an IDX file: it begins with the bytes [${magic.join(', ')}], expected 0, 0, a type (8, 9, 11 to 14), ` +
        'and one or more dimensions.',
    );
  }
  const sizes = await bytes.take(4 * dimensions);
  if (sizes.length < 4 * dimensions) {
    throw new DataError(
      `${name}: ends at byte ${bytes.position} in the sizes of its ${dimensions} dimensions.`,
    );
  }
  const view = new DataView(sizes.buffer, sizes.byteOffset, sizes.length);
  return { kind, sizes: Array.from({ length: dimensions }, (_, i) => view.getUint32(4 * i)) };
}

/** Takes bytes off a source, as many as wanted at a time; it never makes room for more than have arrived. */
class ByteQueue {
  position = 0;
  readonly #chunks: AsyncGenerator<Uint8Array, void, undefined>;
  #rest: Uint8Array = new Uint8Array(0);

  constructor(source: ByteSource, name: string) {
    this.#chunks = byteChunks(source, name);
  }

  /** Fewer only at the end. */
  async take(length: number): Promise<Uint8Array> {
    const parts = [this.#rest];
    let have = this.#rest.length;
    while (have < length) {
      const { done, value } = await this.#chunks.next();
      if (done) break;
      parts.push(value);
      have += value.length;
    }
    const all = joinBytes(parts);
    this.#rest = all.subarray(length);
    const taken = all.subarray(0, length);
    this.position += taken.length;
    return taken;
  }

  async close(): Promise<void> {
    await this.#chunks.return();
  }
}
