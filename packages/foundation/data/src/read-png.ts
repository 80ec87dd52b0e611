import { convertIndexedToRgb, decode } from 'fast-png';
import { type ByteSource, byteChunks, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { joinBytes } from './read-lines.ts';
import { wholeFile } from './whole-file.ts';

export type PngOptions = ReaderOptions & {
  /** The most pixels that an image may have; 2²⁴ (4096 × 4096) unless told. */
  maxPixels?: number | undefined;
};

export type Image = {
  width: number;
  height: number;
  /** 1 gray, 2 gray and alpha, 3 red, green, blue, 4 with alpha. */
  channels: number;
  /** [height, width, channels], row-major: 0 to 255, or to 65,535 in a Uint16Array. */
  values: Uint8Array | Uint16Array;
};

type Header = { width: number; height: number; depth: number; color: number; isInterlaced: boolean };

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const channelsOf: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
const depthsOf: Record<number, readonly number[]> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};
/** What the picture itself consists of; the rest (text, colour profiles, animation) is left out, packed as it is. */
const pictureChunks = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);

/**
 * A PNG image (https://www.w3.org/TR/png-3/) of any colour type and depth (interlaced from 8 bits on), plain or gzip. Palettes become
 * colours; gray of 1, 2 or 4 bits is scaled to 8.
 *
 * @throws DataError naming the file and the byte: not PNG, truncated, a wrong checksum, more than `maxPixels` (known before
 *   anything is unpacked), compressed data that unpack to another size than the header says (unpacking stops there)
 */
export async function readPng(source: ByteSource, options: PngOptions = {}): Promise<Image> {
  const { maxPixels = 2 ** 24 } = options;
  const name = sourceName(source, options);
  // An image that does not compress takes 8 bytes a pixel and little more.
  const file = await wholeFile(source, name, 16 * maxPixels + 2 ** 20);
  const { header, chunks, data } = findChunks(file, maxPixels, name);
  await checkUnpackedSize(data, unpackedSize(header), name);
  let picture: ReturnType<typeof decode>;
  let colours: Uint8Array | undefined;
  try {
    picture = decode(joinBytes([file.subarray(0, signature.length), ...chunks]), { checkCrc: true });
    if (header.color === 3) colours = convertIndexedToRgb(picture);
  } catch (error) {
    throw new DataError(
      `${name}: a damaged PNG image: ${(error as Error).message}. Fetch or write it again.`,
      {
        cause: error,
      },
    );
  }
  const { width, height, depth } = header;
  if (colours !== undefined)
    return { width, height, channels: colours.length / (width * height), values: colours };
  const values = picture.data instanceof Uint16Array ? picture.data : new Uint8Array(picture.data);
  const channels = channelsOf[header.color]!;
  return { width, height, channels, values: depth < 8 ? spread(values, header) : values };
}

/**
 * An image as numbers from 0, black, to 1, white: luma of Rec. 601; what is transparent lies on white.
 * @returns [height, width], row-major
 */
export function toGrayscale({ width, height, channels, values }: Image): Float32Array {
  const gray = new Float32Array(width * height);
  const most = values instanceof Uint16Array ? 65_535 : 255;
  for (let i = 0; i < gray.length; i++) {
    const at = i * channels;
    const luma =
      channels < 3 ? values[at]! : 0.299 * values[at]! + 0.587 * values[at + 1]! + 0.114 * values[at + 2]!;
    const alpha = channels % 2 === 0 ? values[at + channels - 1]! / most : 1;
    gray[i] = (luma / most) * alpha + (1 - alpha);
  }
  return gray;
}

function findChunks(
  file: Uint8Array,
  maxPixels: number,
  name: string,
): { header: Header; chunks: Uint8Array[]; data: Uint8Array[] } {
  if (!signature.every((byte, i) => file[i] === byte)) {
    throw new DataError(`${name}: not a PNG image: it does not begin with the signature of one.`);
  }
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const chunks: Uint8Array[] = [];
  const data: Uint8Array[] = [];
  let header: Header | undefined;
  for (let at = signature.length; ; ) {
    const length = at + 12 <= file.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    if (at + 12 + length > file.length) {
      throw new DataError(
        `${name}: ends at byte ${file.length} within the chunk at byte ${at}. The file is truncated: fetch it again.`,
      );
    }
    const type = String.fromCharCode(...file.subarray(at + 4, at + 8));
    if (header === undefined) {
      if (type !== 'IHDR' || length !== 13) {
        throw new DataError(
          `${name}: the chunk at byte ${at} is ${JSON.stringify(type)} of ${length} bytes, expected IHDR of 13.`,
        );
      }
      header = parseHeader(view, at + 8, maxPixels, name);
    }
    if (pictureChunks.has(type)) chunks.push(file.subarray(at, at + 12 + length));
    if (type === 'IDAT') data.push(file.subarray(at + 8, at + 8 + length));
    if (type === 'IEND') return { header, chunks, data };
    at += 12 + length;
  }
}

function parseHeader(view: DataView, at: number, maxPixels: number, name: string): Header {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth, color, interlace] = [view.getUint8(at + 8), view.getUint8(at + 9), view.getUint8(at + 12)];
  if (width === 0 || height === 0 || width * height > maxPixels) {
    throw new DataError(
      `${name}: ${width} × ${height} pixels (byte ${at}), expected 1 to ${maxPixels}. Set \`maxPixels\` higher, if the image ` +
        'is what it should be.',
    );
  }
  if (!depthsOf[color]?.includes(depth) || interlace > 1) {
    throw new DataError(
      `${name}: colour type ${color}, ${depth} bits, interlacing ${interlace} (byte ${at + 8}): this is no format of PNG.`,
    );
  }
  if (interlace === 1 && depth < 8) {
    throw new DataError(
      `${name}: an interlaced image of ${depth} bits, which this reader does not know. Write it without interlacing.`,
    );
  }
  return { width, height, depth, color, isInterlaced: interlace === 1 };
}

/** Bytes of the filtered rows: each has one for its filter. */
function unpackedSize({ width, height, depth, color, isInterlaced }: Header): number {
  const rows = (columns: number, lines: number) =>
    columns === 0 ? 0 : lines * (1 + Math.ceil((columns * depth * channelsOf[color]!) / 8));
  if (!isInterlaced) return rows(width, height);
  // Adam7: each pass takes every dx-th column from x and every dy-th row from y.
  const passes = [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]]; // biome-ignore format: a table
  const steps = (size: number, from: number, by: number) => Math.max(0, Math.ceil((size - from) / by));
  return passes.reduce((sum, [x, y, dx, dy]) => sum + rows(steps(width, x!, dx!), steps(height, y!, dy!)), 0);
}

/** The decoder unpacks all there is: find out first, without keeping it, that this is what the header says. */
async function checkUnpackedSize(data: readonly Uint8Array[], expected: number, name: string): Promise<void> {
  let size = 0;
  try {
    const packed = new Blob([...data] as BlobPart[]).stream().pipeThrough(new DecompressionStream('deflate'));
    for await (const part of byteChunks(packed, name)) {
      size += part.length;
      if (size > expected) break;
    }
  } catch (error) {
    throw new DataError(
      `${name}: the compressed pixels are truncated or damaged; ${size} of ${expected} bytes could be read. Fetch the file again.`,
      { cause: error },
    );
  }
  if (size === expected) return;
  throw new DataError(
    `${name}: the compressed pixels unpack to ${size > expected ? `more than ${expected}` : size} bytes, expected ${expected} ` +
      'for the size in the header. Do not trust this file.',
  );
}

/** Gray of fewer than 8 bits, whose rows begin at whole bytes, as one byte a pixel. */
function spread(packed: Uint8Array | Uint16Array, { width, height, depth }: Header): Uint8Array {
  const values = new Uint8Array(width * height);
  const rowBytes = Math.ceil((width * depth) / 8);
  const most = 2 ** depth - 1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = packed[y * rowBytes + (bit >> 3)]!;
      values[y * width + x] = (((byte >> (8 - depth - (bit & 7))) & most) * 255) / most;
    }
  }
  return values;
}
