import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors, SafetensorsError } from './safetensors.ts';

/** A file by hand: eight bytes of length, the header, the numbers. */
function file(header: unknown, numbers: Uint8Array = new Uint8Array()): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + numbers.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(numbers, 8 + json.length);
  return bytes;
}

test('writes the format byte by byte', () => {
  const tensors = new Map([['x', { dtype: 'float32' as const, shape: [2], values: Float32Array.of(1, -2) }]]);
  const bytes = encodeSafetensors({ tensors, metadata: {} });
  const header = '{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
  const padded = header.padEnd(Math.ceil((8 + header.length) / 8) * 8 - 8);
  // 1 = 0x3f800000, −2 = 0xc0000000, little-endian
  expect(bytes).toEqual(file(padded, Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0)));
});

test('reads every numeric type', () => {
  const read = (dtype: string, bytes: number[], shape = [1]) =>
    decodeSafetensors(
      file({ x: { dtype, shape, data_offsets: [0, bytes.length] } }, Uint8Array.from(bytes)),
    ).tensors.get('x')!;
  // IEEE 754: half 0x3e00 = 1.5, 0x8001 = −2⁻²⁴; bfloat16 0x3fc0 = 1.5; double 0x3ff8… = 1.5
  expect([...read('F16', [0x00, 0x3e]).values]).toEqual([1.5]);
  expect([...read('F16', [0x01, 0x80]).values]).toEqual([-(2 ** -24)]);
  expect([...read('F16', [0x00, 0x7c]).values]).toEqual([Number.POSITIVE_INFINITY]);
  expect([...read('BF16', [0xc0, 0x3f]).values]).toEqual([1.5]);
  expect([...read('F64', [0, 0, 0, 0, 0, 0, 0xf8, 0x3f]).values]).toEqual([1.5]);
  expect([...read('I64', [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]).values]).toEqual([-1]);
  expect([...read('I8', [0xfe]).values]).toEqual([-2]);
  expect([...read('BOOL', [1, 0], [2]).values]).toEqual([1, 0]);
  expect(() => read('I64', [0, 0, 0, 0, 1, 0, 0, 0])).toThrow('no 32-bit integer');
});

test('what is written is read again', () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
  const tensor = fc.oneof(
    shape.map((shape) => ({
      dtype: 'float32' as const,
      shape,
      values: new Float32Array(size(shape)).fill(0.1),
    })),
    shape.map((shape) => ({
      dtype: 'int32' as const,
      shape,
      values: new Int32Array(size(shape)).map((_, i) => i - 2),
    })),
    shape.map((shape) => ({ dtype: 'bool' as const, shape, values: new Uint8Array(size(shape)).fill(1) })),
  );
  const names = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__');
  fc.assert(
    fc.property(fc.array(fc.tuple(names, tensor)), fc.dictionary(names, fc.string()), (list, metadata) => {
      const tensors = new Map(list);
      const again = decodeSafetensors(encodeSafetensors({ tensors, metadata }));
      expect(again.tensors).toEqual(tensors);
      expect(again.metadata).toEqual({ ...metadata });
    }),
  );
});

test('a file cut anywhere is refused', () => {
  const tensors = new Map([
    ['a', { dtype: 'float32' as const, shape: [3], values: new Float32Array(3) }],
    ['b', { dtype: 'bool' as const, shape: [1], values: new Uint8Array(1) }],
  ]);
  const whole = encodeSafetensors({ tensors, metadata: { note: 'x' } });
  for (let length = 0; length < whole.length; length++) {
    expect(() => decodeSafetensors(whole.slice(0, length), 'm.safetensors')).toThrow(SafetensorsError);
  }
});

const f32 = (begin: number, end: number, shape = [1]) => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

test.each([
  ['no JSON', 'nonsense', 0, 'not JSON'],
  ['a list', '[]', 0, 'not a JSON object'],
  ['an unknown type', { x: { dtype: 'Q4', shape: [], data_offsets: [0, 1] } }, 1, '"Q4"'],
  ['a negative size', { x: f32(0, 4, [-1]) }, 4, 'whole numbers'],
  ['a size that does not fit', { x: f32(0, 4, [2]) }, 4, 'needs 8 bytes'],
  ['an end beyond the file', { x: f32(0, 4) }, 0, 'truncated'],
  ['an overlap', { x: f32(0, 4), y: f32(0, 4) }, 4, 'overlap'],
  ['a hole', { x: f32(4, 8) }, 8, 'holes'],
  ['bytes left over', { x: f32(0, 4) }, 5, 'the tensors end at byte'],
  ['metadata that is no text', { __metadata__: { a: 1 } }, 0, '__metadata__'],
])('refuses %s', (_, header, length, message) => {
  expect(() => decodeSafetensors(file(header, new Uint8Array(length)), 'm.safetensors')).toThrow(message);
});

test('refuses a header longer than any file', () => {
  const bytes = new Uint8Array(16).fill(0xff);
  expect(() => decodeSafetensors(bytes, 'm.safetensors')).toThrow(
    'm.safetensors: this is not a safetensors file.',
  );
});

test('refuses to write values that do not fill their shape', () => {
  const tensors = new Map([['x', { dtype: 'float32' as const, shape: [3], values: new Float32Array(2) }]]);
  expect(() => encodeSafetensors({ tensors, metadata: {} })).toThrow('`x` has shape [3]');
});

function size(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

test('a view into a larger buffer, as Node gives, is read like the file itself', () => {
  const values = Float32Array.of(1, 2);
  const bytes = encodeSafetensors({
    tensors: new Map([['x', { dtype: 'float32', shape: [2], values }]]),
    metadata: {},
  });
  class SharedSlices extends Uint8Array {
    override slice(start?: number, end?: number) {
      return this.subarray(start, end) as ReturnType<Uint8Array['slice']>; // what Node's Buffer does
    }
  }
  const pool = new SharedSlices(64 + bytes.length + 3);
  pool.set(bytes, 64);
  const view = new SharedSlices(pool.buffer, 64, bytes.length);
  expect(decodeSafetensors(view).tensors.get('x')!.values).toEqual(values);
});
