/** A tensor as plain numbers. */
export interface TensorData {
  dtype: 'float32' | 'int32' | 'bool';
  shape: readonly number[];
  /** Row-major. Booleans are bytes of 0 and 1. */
  values: Float32Array | Int32Array | Uint8Array;
}

/** The content of a safetensors file. */
export interface Safetensors {
  tensors: Map<string, TensorData>;
  /** Text beside the tensors, as the format allows: names to strings. */
  metadata: Record<string, string>;
}

/** A file that is not valid safetensors. The message names the file, the tensor and the offset. */
export class SafetensorsError extends Error {
  override name = 'SafetensorsError';
}

const writtenAs = { float32: 'F32', int32: 'I32', bool: 'BOOL' } as const;
const bytesPerNumber: Record<string, number> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};
const headerLimit = 100_000_000; // the reference implementation's own limit

/**
 * Writes tensors in the safetensors format (https://github.com/huggingface/safetensors): a JSON header, then the
 * numbers, little-endian, row-major, aligned to 8 bytes. The same tensors always give the same bytes.
 *
 * @throws SafetensorsError when a shape does not fit its values
 */
export function encodeSafetensors({ tensors, metadata }: Safetensors): Uint8Array {
  const header: Record<string, unknown> = Object.create(null); // a tensor may be named __proto__
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let length = 0;
  for (const [name, { dtype, shape, values }] of tensors) {
    if (name === '__metadata__') throw new SafetensorsError('A tensor cannot be named `__metadata__`.');
    const size = shape.reduce((product, n) => product * n, 1);
    if (size !== values.length) {
      throw new SafetensorsError(
        `Tensor \`${name}\` has shape [${shape}] (${size} numbers) and ${values.length} values.`,
      );
    }
    header[name] = { dtype: writtenAs[dtype], shape, data_offsets: [length, length + values.byteLength] };
    length += values.byteLength;
  }

  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = Math.ceil((8 + json.length) / 8) * 8;
  const bytes = new Uint8Array(start + length).fill(0x20, 8 + json.length, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(json, 8);
  let offset = start;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Half precision, bfloat16 and double become float32; I8, U8, I16 and I64 become
 * int32, where their numbers fit.
 *
 * @param source the file's name, for messages
 * @throws SafetensorsError when the file is truncated, overlaps, leaves holes, or holds a type unknown here
 */
export function decodeSafetensors(file: Uint8Array, source = 'safetensors'): Safetensors {
  // A Buffer's slice() shares memory where a Uint8Array's copies.
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.byteLength);
  const { header, start } = readHeader(bytes, source);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isObject(metadata) || Object.values(metadata).some((text) => typeof text !== 'string')) {
    throw new SafetensorsError(`${source}: \`__metadata__\` must map names to strings.`);
  }

  const spans: { name: string; begin: number; end: number }[] = [];
  const tensors = new Map<string, TensorData>();
  for (const [name, entry] of Object.entries(entries)) {
    const { dtype, shape, begin, end } = readEntry(name, entry, source);
    if (start + end > bytes.length) {
      throw new SafetensorsError(
        `${source}: tensor \`${name}\` ends at byte ${start + end}, but the file has ${bytes.length}. ` +
          'The file is truncated: copy or save it again.',
      );
    }
    spans.push({ name, begin, end });
    tensors.set(name, readValues(bytes.slice(start + begin, start + end), dtype, shape, name, source));
  }

  let covered = 0;
  for (const { name, begin, end } of spans.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== covered) {
      throw new SafetensorsError(
        `${source}: tensor \`${name}\` begins at ${begin} where ${covered} was expected: tensors may neither overlap nor leave holes.`,
      );
    }
    covered = end;
  }
  if (start + covered !== bytes.length) {
    throw new SafetensorsError(
      `${source}: the tensors end at byte ${start + covered}, but the file has ${bytes.length}.`,
    );
  }
  return { tensors, metadata: metadata as Record<string, string> };
}

function readHeader(bytes: Uint8Array, source: string): { header: Record<string, unknown>; start: number } {
  if (bytes.length < 8) {
    throw new SafetensorsError(`${source}: ${bytes.length} bytes are too few for a safetensors file.`);
  }
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > headerLimit) throw new SafetensorsError(`${source}: this is not a safetensors file.`);
  if (8 + length > bytes.length) {
    throw new SafetensorsError(
      `${source}: the header should be ${length} bytes long, but the file has ${bytes.length}. ` +
        'It is truncated, or not a safetensors file.',
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  } catch (error) {
    throw new SafetensorsError(`${source}: the header is not JSON (${(error as Error).message}).`);
  }
  if (!isObject(header)) throw new SafetensorsError(`${source}: the header is not a JSON object.`);
  return { header, start: 8 + length };
}

function readEntry(name: string, entry: unknown, source: string) {
  const { dtype, shape, data_offsets: offsets } = (isObject(entry) ? entry : {}) as Record<string, unknown>;
  const width = typeof dtype === 'string' ? bytesPerNumber[dtype] : undefined;
  if (width === undefined) {
    throw new SafetensorsError(
      `${source}: tensor \`${name}\` has dtype ${JSON.stringify(dtype)}; ` +
        `known here: ${Object.keys(bytesPerNumber).join(', ')}.`,
    );
  }
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(
      `${source}: tensor \`${name}\` needs a shape and two offsets of whole numbers.`,
    );
  }
  const [begin, end] = offsets as [number, number];
  const size = shape.reduce((product, n) => product * n, 1);
  if (end - begin !== size * width) {
    throw new SafetensorsError(
      `${source}: tensor \`${name}\` of shape [${shape}] and dtype ${dtype} needs ${size * width} bytes, ` +
        `its offsets [${begin}, ${end}] give ${end - begin}.`,
    );
  }
  return { dtype: dtype as string, shape, begin, end };
}

/** @param bytes the tensor's own copy, so that typed arrays over it are aligned */
function readValues(
  bytes: Uint8Array,
  dtype: string,
  shape: readonly number[],
  name: string,
  source: string,
): TensorData {
  const { buffer } = bytes;
  switch (dtype) {
    case 'F32':
      return { dtype: 'float32', shape, values: new Float32Array(buffer) };
    case 'F64':
      return { dtype: 'float32', shape, values: Float32Array.from(new Float64Array(buffer)) };
    case 'F16':
      return { dtype: 'float32', shape, values: Float32Array.from(new Uint16Array(buffer), halfToNumber) };
    case 'BF16':
      return { dtype: 'float32', shape, values: bfloat16ToFloat32(new Uint16Array(buffer)) };
    case 'I32':
      return { dtype: 'int32', shape, values: new Int32Array(buffer) };
    case 'I16':
      return { dtype: 'int32', shape, values: Int32Array.from(new Int16Array(buffer)) };
    case 'I8':
      return { dtype: 'int32', shape, values: Int32Array.from(new Int8Array(buffer)) };
    case 'U8':
      return { dtype: 'int32', shape, values: Int32Array.from(bytes) };
    case 'I64': {
      const wide = new BigInt64Array(buffer);
      const tooWide = wide.find((value) => BigInt.asIntN(32, value) !== value);
      if (tooWide !== undefined) {
        throw new SafetensorsError(
          `${source}: tensor \`${name}\` holds ${tooWide}, which is no 32-bit integer.`,
        );
      }
      return { dtype: 'int32', shape, values: Int32Array.from(wide, Number) };
    }
    default:
      return { dtype: 'bool', shape, values: bytes };
  }
}

function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A bfloat16 is the upper half of a float32. */
function bfloat16ToFloat32(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
