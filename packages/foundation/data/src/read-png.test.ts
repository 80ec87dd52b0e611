import { describe, expect, test } from 'vitest';
import { gzip, uint32, utf8 } from './bytes.test-kit.ts';
import { readPng, toGrayscale } from './index.ts';

type Png = {
  width: number; height: number; depth?: number; color?: number; interlace?: number;
  /** Filtered rows: each begins with the number of its filter. */
  rows: number[] | Uint8Array<ArrayBuffer>;
  extra?: [type: string, body: number[] | Uint8Array][];
  /** IDAT chunks to cut the data in. */
  parts?: number;
}; // biome-ignore format: fields side by side

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const packed = new Blob([bytes]).stream().pipeThrough(new CompressionStream('deflate'));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}

/** CRC-32 bit by bit, from its polynomial. */
function crc(bytes: Uint8Array): number {
  let register = -1;
  for (const byte of bytes) {
    register ^= byte;
    for (let bit = 0; bit < 8; bit++) register = (register >>> 1) ^ (register & 1 ? 0xedb88320 : 0);
  }
  return ~register >>> 0;
}

function chunk(type: string, body: number[] | Uint8Array): Uint8Array {
  const named = new Uint8Array(4 + body.length);
  named.set(utf8(type));
  named.set(body, 4);
  return Uint8Array.from([...uint32(body.length), ...named, ...uint32(crc(named))]);
}

async function png({ width, height, depth = 8, color = 0, interlace = 0, rows, extra = [], parts = 1 }: Png) {
  const data = await deflate(Uint8Array.from(rows));
  const length = Math.ceil(data.length / parts);
  const pieces = Array.from({ length: parts }, (_, i) =>
    chunk('IDAT', data.slice(i * length, (i + 1) * length)),
  );
  const header = chunk('IHDR', [...uint32(width), ...uint32(height), depth, color, 0, 0, interlace]);
  const chunks = [header, ...extra.map(([type, body]) => chunk(type, body)), ...pieces, chunk('IEND', [])];
  return new Uint8Array(await new Blob([Uint8Array.from(signature), ...chunks] as BlobPart[]).arrayBuffer());
}

const read = async (file: Png) => readPng(await png(file), { name: 'a.png' });

describe('readPng', () => {
  test('every colour type', async () => {
    expect(await read({ width: 2, height: 2, rows: [0, 1, 2, 0, 3, 255] })).toEqual({
      width: 2, height: 2, channels: 1, values: Uint8Array.of(1, 2, 3, 255),
    }); // biome-ignore format: in a line
    expect(await read({ width: 1, height: 1, color: 2, rows: [0, 10, 20, 30], parts: 3 })).toMatchObject({
      channels: 3,
      values: Uint8Array.of(10, 20, 30),
    });
    expect(await read({ width: 1, height: 1, color: 4, rows: [0, 10, 20] })).toMatchObject({
      channels: 2,
      values: Uint8Array.of(10, 20),
    });
    expect(await read({ width: 1, height: 1, color: 6, rows: [0, 1, 2, 3, 4] })).toMatchObject({
      channels: 4,
      values: Uint8Array.of(1, 2, 3, 4),
    });
    const palette: Png['extra'] = [['PLTE', [9, 8, 7, 6, 5, 4]]];
    // Two bits a pixel: 01 00 01, and two to fill the byte.
    expect(await read({ width: 3, height: 1, depth: 2, color: 3, rows: [0, 0b01000100], extra: palette })).toMatchObject({
      channels: 3, values: Uint8Array.of(6, 5, 4, 9, 8, 7, 6, 5, 4),
    }); // biome-ignore format: in a line
    const clear: Png['extra'] = [...palette, ['tRNS', [0]]];
    expect(await read({ width: 2, height: 1, color: 3, rows: [0, 0, 1], extra: clear })).toMatchObject({
      channels: 4, values: Uint8Array.of(9, 8, 7, 0, 6, 5, 4, 255),
    }); // biome-ignore format: in a line
  });

  test('every depth of gray', async () => {
    // 1 bit: 1 0 1; 2 bits: 3 1 0 → 255, 85, 0; 4 bits: 15, 1 → 255, 17; rows begin at whole bytes.
    expect(
      (await read({ width: 3, height: 2, depth: 1, rows: [0, 0b10100000, 0, 0b01000000] })).values,
    ).toEqual(Uint8Array.of(255, 0, 255, 0, 255, 0));
    expect((await read({ width: 3, height: 1, depth: 2, rows: [0, 0b11010000] })).values).toEqual(
      Uint8Array.of(255, 85, 0),
    );
    expect((await read({ width: 2, height: 1, depth: 4, rows: [0, 0xf1] })).values).toEqual(
      Uint8Array.of(255, 17),
    );
    expect((await read({ width: 2, height: 1, depth: 16, rows: [0, 1, 2, 255, 255] })).values).toEqual(
      Uint16Array.of(258, 65_535),
    );
  });

  test('filters and interlacing', async () => {
    // Sub adds the pixel to the left, up the one above: 5, 5 + 2; 5 + 1, 7 + 1.
    expect((await read({ width: 2, height: 2, rows: [1, 5, 2, 2, 1, 1] })).values).toEqual(
      Uint8Array.of(5, 7, 6, 8),
    );
    // Adam7 of 2 × 2: pass 1 has (0, 0), pass 6 (1, 0), pass 7 row 1.
    expect((await read({ width: 2, height: 2, interlace: 1, rows: [0, 1, 0, 2, 0, 3, 4] })).values).toEqual(
      Uint8Array.of(1, 2, 3, 4),
    );
  });

  test('gzip', async () => {
    const file = await png({ width: 1, height: 1, rows: [0, 7] });
    expect((await readPng(await gzip(file))).values).toEqual(Uint8Array.of(7));
  });

  test('a bomb is refused by its dimensions, before anything is unpacked', async () => {
    const bomb = await png({ width: 100_000, height: 100_000, rows: [] });
    await expect(readPng(bomb, { name: 'bomb.png' })).rejects.toThrow(
      /^bomb\.png: 100000 × 100000 pixels \(byte 16\), expected 1 to 16777216/,
    );
    const small = await png({ width: 20, height: 20, rows: new Uint8Array(20 * 21) });
    await expect(readPng(small, { maxPixels: 399 })).rejects.toThrow(/20 × 20 pixels/);
    expect((await readPng(small, { maxPixels: 400 })).values).toHaveLength(400);
  });

  test('a bomb that lies about its dimensions is refused while it is unpacked', async () => {
    const bomb = await png({ width: 1, height: 1, rows: new Uint8Array(2 ** 25) });
    expect(bomb.length).toBeLessThan(2 ** 16);
    await expect(readPng(bomb)).rejects.toThrow(/unpack to more than 2 bytes, expected 2/);
    const profile = await deflate(new Uint8Array(2 ** 25));
    const hidden = await png({
      width: 1,
      height: 1,
      rows: [0, 7],
      extra: [['iCCP', [...utf8('p'), 0, 0, ...profile]]],
    });
    expect((await readPng(hidden)).values).toEqual(Uint8Array.of(7));
  });

  test.each<[string, Png, RegExp]>([
    ['too few rows', { width: 2, height: 2, rows: [0, 1, 2] }, /^a\.png: the compressed pixels unpack to 3 bytes, expected 6/],
    ['no pixels', { width: 0, height: 2, rows: [] }, /0 × 2 pixels/],
    ['no such colour type', { width: 1, height: 1, color: 5, rows: [0, 1] }, /colour type 5/],
    ['colours of 4 bits', { width: 1, height: 1, depth: 4, color: 2, rows: [0, 1, 2] }, /colour type 2, 4 bits/],
    ['no such filter', { width: 1, height: 1, rows: [9, 1] }, /a damaged PNG image/],
    ['a palette that is too short', { width: 1, height: 1, color: 3, rows: [0, 3], extra: [['PLTE', [1, 2, 3]]] }, /a damaged PNG image/],
    ['no palette', { width: 1, height: 1, color: 3, rows: [0, 3] }, /a damaged PNG image/],
    ['interlaced bits', { width: 1, height: 1, depth: 1, interlace: 1, rows: [0, 128] }, /an interlaced image of 1 bits/],
  ])('%s', async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message);
  }); // biome-ignore format: a case a line

  test('cut anywhere or with any byte changed, nothing but an error of its name, or the same picture', async () => {
    const rows = Array.from({ length: 8 }, (_, y) => [
      0,
      ...Array.from({ length: 8 }, (_, x) => (x * 37 + y * 91) & 255),
    ]).flat();
    const whole = await png({ width: 8, height: 8, rows });
    const picture = await readPng(whole);
    for (let at = 0; at < whole.length; at++) {
      await expect(readPng(whole.subarray(0, at), { name: 'cut.png' })).rejects.toThrow(/^cut\.png: /);
      const changed = whole.slice();
      changed[at]! ^= 0x11;
      const result = await readPng(changed, { name: 'cut.png' }).catch((error: Error) => error.message);
      if (typeof result === 'string') expect(result).toMatch(/^cut\.png: /);
      else expect(result).toEqual(picture);
    }
  });
});

test('toGrayscale: black is 0, white 1, what is transparent white', () => {
  const gray = (channels: number, values: Uint8Array | Uint16Array) => [
    ...toGrayscale({ width: values.length / channels, height: 1, channels, values }),
  ];
  expect(gray(1, Uint8Array.of(0, 51, 255)).map((value) => value.toFixed(4))).toEqual([
    '0.0000',
    '0.2000',
    '1.0000',
  ]);
  expect(gray(1, Uint16Array.of(65_535, 0))).toEqual([1, 0]);
  expect(gray(2, Uint8Array.of(0, 0, 0, 255))).toEqual([1, 0]);
  // Luma: 0.299 red + 0.587 green + 0.114 blue.
  expect(gray(3, Uint8Array.of(255, 0, 0, 0, 255, 0)).map((value) => value.toFixed(3))).toEqual([
    '0.299',
    '0.587',
  ]);
  expect(gray(4, Uint8Array.of(0, 0, 0, 51))[0]).toBeCloseTo(0.8, 6);
});
