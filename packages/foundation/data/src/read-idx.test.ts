import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { collect, cut, gzip, uint32 } from './bytes.test-kit.ts';
import { readIdx } from './index.ts';

const idx = (type: number, sizes: number[], data: number[]) =>
  Uint8Array.from([0, 0, type, sizes.length, ...sizes.flatMap(uint32), ...data]);
const read = (bytes: Uint8Array) => collect(readIdx(bytes, { name: 'a-idx' }));

describe('readIdx', () => {
  test('images and labels, however the bytes arrive', async () => {
    const images = idx(8, [2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]);
    const expected = [
      { values: Uint8Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3], index: 0 },
      { values: Uint8Array.of(7, 8, 9, 10, 11, 255), shape: [2, 3], index: 1 },
    ];
    expect(await read(await gzip(images))).toEqual(expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(9)), async (cuts) => {
        expect(await collect(readIdx(cut(images, cuts)))).toEqual(expected);
      }),
    );
    const labels = await read(idx(8, [3], [7, 0, 9]));
    expect(labels.map(({ values, shape }) => [values[0], shape])).toEqual([
      [7, []],
      [0, []],
      [9, []],
    ]);
  });

  test('every type, big-endian', async () => {
    const cases: [type: number, data: number[], value: number][] = [
      [9, [0xff], -1],
      [11, [0xff, 0xfe], -2],
      [12, [0, 1, 0, 0], 65_536],
      [13, [0x3f, 0xc0, 0, 0], 1.5], // sign 0, exponent 127, mantissa ½
      [14, [0xbf, 0xf8, 0, 0, 0, 0, 0, 0], -1.5],
    ];
    for (const [type, data, value] of cases) {
      expect([...(await read(idx(type, [1], data)))[0]!.values]).toEqual([value]);
    }
  });

  test.each([
    [
      'truncated',
      idx(8, [3, 2], [1, 2, 3]),
      /^a-idx: ends at byte 15 in item 1 \(from 0\), but its header promises 3 items of 2 bytes/,
    ],
    ['too long', idx(8, [1, 2], [1, 2, 3]), /^a-idx: goes on after byte 14, where its 1 items end/],
    [
      'another file',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47),
      /^a-idx: not an IDX file: .* \[137, 80, 78, 71\]/,
    ],
    ['an unknown type', idx(10, [1], [1]), /not an IDX file/],
    ['half a header', Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 1), /ends at byte 8 in the sizes/],
    ['items beyond all bounds', idx(8, [1, 2 ** 31, 2 ** 31], [1]), /items of 4611686018427388000 bytes/],
    ['empty', new Uint8Array(0), /not an IDX file/],
  ])('%s', async (_, bytes, message) => {
    await expect(read(bytes)).rejects.toThrow(message);
  });
});
