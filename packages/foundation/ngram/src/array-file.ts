import { crc32 } from './crc32.ts';
import { DamagedFileError } from './damaged-file-error.ts';

const arrayTypes = { Int32Array, Float32Array, Uint8Array, Uint16Array };
type ArrayType = 'Int32Array' | 'Float32Array' | 'Uint8Array' | 'Uint16Array';
type TypedArray = Int32Array | Float32Array | Uint8Array | Uint16Array;

/** Named typed arrays and a JSON value in one stretch of memory. */
export interface ArrayFile<Values = TypedArray> {
  meta: unknown;
  arrays: Record<string, Values>;
}

/** What stands in the file as JSON. */
interface Header {
  meta: unknown;
  arrays: { name: string; type: ArrayType; length: number }[];
  /** CRC-32 of each `blockSize` bytes of the arrays' part, eight hexadecimal digits each */
  checksums: string;
}

const magic = 'OSTNGRAM';
const version = 1;
const blockSize = 2 ** 16;
/** magic, version, bytes of the header, CRC-32 of the header */
const prefixSize = 20;

/**
 * Little-endian: magic (8 bytes), version, length and CRC-32 of the header (4 bytes each), header (JSON and blanks),
 * arrays. Each array starts at a multiple of 8 bytes. A Float64Array is stored as float32.
 *
 * Goes twice through the arrays, for their checksums and for their bytes, so as to hold no more than a block of them. What is
 * stored as it is in memory is not copied: the blocks lie over the arrays.
 *
 * @param reuse  yields each converted block in the place of the one before
 */
export function* arrayFileChunks(
  { meta, arrays }: ArrayFile<TypedArray | Float64Array>,
  reuse: boolean,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const list = Object.entries(arrays).map(([name, array]) => ({ name, array, type: storedType(array) }));
  const header: Header = {
    meta,
    arrays: list.map(({ name, type, array }) => ({ name, type, length: array.length })),
    checksums: checksums(Object.values(arrays)),
  };
  const json = encode(header);
  const start = new Uint8Array(padded(prefixSize + json.length)).fill(0x20);
  start.set(new TextEncoder().encode(magic));
  start.set(json, prefixSize);
  const view = new DataView(start.buffer);
  view.setUint32(8, version, true);
  view.setUint32(12, start.length - prefixSize, true);
  view.setUint32(16, crc32(start.subarray(prefixSize)), true);
  yield start;
  for (const array of Object.values(arrays)) yield* storedBytes(array, reuse);
}

/** An array as it is stored, in pieces of at most a block: those that were converted each in the place of the last, if so wished. */
function* storedBytes(
  array: TypedArray | Float64Array,
  reuse: boolean,
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const Stored = arrayTypes[storedType(array)];
  const length = blockSize / Stored.BYTES_PER_ELEMENT;
  let converted: Float32Array | undefined;
  for (let at = 0; at < array.length; at += length) {
    let part = array.subarray(at, at + length);
    if (part instanceof Float64Array) {
      converted = reuse && converted ? converted.subarray(0, part.length) : new Float32Array(part.length);
      converted.set(part);
      part = converted;
    }
    yield new Uint8Array(part.buffer as ArrayBuffer, part.byteOffset, part.byteLength);
  }
  const bytes = array.length * Stored.BYTES_PER_ELEMENT;
  if (bytes < padded(bytes)) yield new Uint8Array(padded(bytes) - bytes);
}

/** Of each block of the arrays as they are stored, one after the other. */
function checksums(arrays: readonly (TypedArray | Float64Array)[]): string {
  const block = new Uint8Array(blockSize);
  const sums: string[] = [];
  let used = 0;
  for (const array of arrays) {
    for (let bytes of storedBytes(array, true)) {
      while (bytes.length > 0) {
        const part = bytes.subarray(0, blockSize - used);
        block.set(part, used);
        used += part.length;
        bytes = bytes.subarray(part.length);
        if (used < blockSize) continue;
        sums.push(checksum(block));
        used = 0;
      }
    }
  }
  if (used > 0) sums.push(checksum(block.subarray(0, used)));
  return sums.join('');
}

/**
 * Lays the arrays over the file's bytes, without a copy if these start at a multiple of 8 in their buffer.
 *
 * @throws DamagedFileError naming the byte, if the file is not of this kind or version, is cut short or damaged
 */
export function readArrayFile(bytes: Uint8Array): ArrayFile {
  const file = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < prefixSize) fail(file.length, 'the file ends here, before its header');
  if (new TextDecoder('latin1').decode(file.subarray(0, 8)) !== magic)
    fail(0, `expected ${magic}: this is no n-gram model`);
  const found = view.getUint32(8, true);
  if (found !== version) fail(8, `the format is version ${found}, this release reads version ${version}`);
  const dataStart = prefixSize + view.getUint32(12, true);
  if (dataStart > file.length) fail(file.length, 'the file ends here, within its header');
  const json = file.subarray(prefixSize, dataStart);
  if (crc32(json) !== view.getUint32(16, true))
    fail(12, `the header, up to byte ${dataStart}, does not match its checksum`);
  const header = JSON.parse(new TextDecoder().decode(json)) as Header;

  const size = header.arrays.reduce((sum, { type, length }) => sum + byteLength(type, length), 0);
  if (file.length !== dataStart + size)
    fail(file.length, `the file ends here, expected it to end at byte ${dataStart + size}`);
  blocks(file.subarray(dataStart)).forEach((block, i) => {
    const start = dataStart + i * blockSize;
    if (checksum(block) !== header.checksums.slice(8 * i, 8 * i + 8))
      fail(start, `the file is damaged between here and byte ${start + block.length}`);
  });
  let at = file.byteOffset + dataStart;
  const arrays: Record<string, TypedArray> = {};
  for (const { name, type, length } of header.arrays) {
    arrays[name] = new arrayTypes[type](file.buffer as ArrayBuffer, at, length);
    at += byteLength(type, length);
  }
  return { meta: header.meta, arrays };
}

function encode(header: Header): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(header));
}

function checksum(bytes: Uint8Array): string {
  return crc32(bytes).toString(16).padStart(8, '0');
}

function storedType(array: TypedArray | Float64Array): ArrayType {
  return array instanceof Float64Array ? 'Float32Array' : (array.constructor.name as ArrayType);
}

/** With the filling up to the next array. */
function byteLength(type: ArrayType, length: number): number {
  return padded(length * arrayTypes[type].BYTES_PER_ELEMENT);
}

function padded(size: number): number {
  return Math.ceil(size / 8) * 8;
}

function blocks(data: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(data.length / blockSize) }, (_, i) =>
    data.subarray(i * blockSize, (i + 1) * blockSize),
  );
}

function fail(byte: number, message: string): never {
  throw new DamagedFileError(`byte ${byte}: ${message}.`);
}
