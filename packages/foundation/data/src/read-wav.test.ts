import { describe, expect, test } from 'vitest';
import { gzip, littleEndian, utf8 } from './bytes.test-kit.ts';
import { readWav } from './index.ts';

type Wav = {
  code?: number;
  channels?: number;
  rate?: number;
  bits: number;
  data: number[];
  promised?: number;
  frame?: number;
  tail?: number[];
};

/** A WAV file by the book: RIFF, fmt, a chunk to pass over, data. */
function wav({
  code = 1,
  channels = 1,
  rate = 8000,
  bits,
  data,
  promised,
  frame,
  tail = [],
}: Wav): Uint8Array<ArrayBuffer> {
  const bytes = Math.ceil(bits / 8);
  const format = [
    ...littleEndian(code, 2), ...littleEndian(channels, 2), ...littleEndian(rate, 4),
    ...littleEndian(rate * bytes * channels, 4), ...littleEndian(frame ?? bytes * channels, 2), ...littleEndian(bits, 2),
    // The extension: its size, valid bits, speakers, and the encoding at the head of a GUID.
    ...(code === 0xfffe ? [22, 0, ...littleEndian(bits, 2), ...littleEndian(0, 4), 1, 0, ...new Array<number>(14).fill(0)] : []),
  ]; // biome-ignore format: fields side by side
  const chunk = (id: string, body: number[], length = body.length) => [
    ...utf8(id), ...littleEndian(length, 4), ...body, ...(body.length % 2 ? [0] : []),
  ]; // biome-ignore format: as above
  const body = [
    ...utf8('WAVE'),
    ...chunk('fmt ', format),
    ...chunk('LIST', [1, 2, 3]),
    ...chunk('data', data, promised),
    ...tail,
  ];
  return Uint8Array.from([...utf8('RIFF'), ...littleEndian(body.length, 4), ...body]);
}

const float = (values: number[], bits: 32 | 64) => [
  ...new Uint8Array((bits === 32 ? Float32Array.from(values) : Float64Array.from(values)).buffer),
];

const samplesOf = async (file: Wav, options = {}) => [
  ...(await readWav(wav(file), { name: 'a.wav', ...options })).samples,
];

describe('readWav', () => {
  test('every width of PCM, and float: full scale down, a quarter up, nothing', async () => {
    // −1, ¼ and 0 as integers of each width: 8 bits are offset by 128, the others two's complement.
    const expected = [-1, 0.25, 0];
    const pcm: [bits: number, data: number[]][] = [
      [8, [0, 160, 128]],
      [16, [0, 0x80, 0, 0x20, 0, 0]],
      [24, [0, 0, 0x80, 0, 0, 0x20, 0, 0, 0]],
      [32, [0, 0, 0, 0x80, 0, 0, 0, 0x20, 0, 0, 0, 0]],
      [12, [0, 0x80, 0, 0x20, 0, 0]], // aligned to the left in 16
    ];
    for (const [bits, data] of pcm) expect(await samplesOf({ bits, data }), `${bits} bits`).toEqual(expected);
    for (const bits of [32, 64] as const)
      expect(await samplesOf({ code: 3, bits, data: float(expected, bits) })).toEqual(expected);
    expect(await samplesOf({ code: 0xfffe, bits: 24, data: pcm[2]![1] })).toEqual(expected);
    // −1 / 2²³ is the smallest step below zero.
    expect(await samplesOf({ bits: 24, data: [255, 255, 255] })).toEqual([-(2 ** -23)]);
  });

  test('channels: their mean, or one', async () => {
    const data = [0, 0x40, 0, 0x20, 0, 0, 0, 0x80]; // ½ ¼, 0 −1
    expect(await samplesOf({ channels: 2, bits: 16, data })).toEqual([0.375, -0.5]);
    expect(await samplesOf({ channels: 2, bits: 16, data }, { channel: 1 })).toEqual([0.25, -1]);
    await expect(samplesOf({ channels: 2, bits: 16, data }, { channel: 2 })).rejects.toThrow(
      /`channel` is 2, expected 0 to 1/,
    );
  });

  test('gzip, another rate, an odd number of bytes and chunks behind', async () => {
    const file = wav({
      bits: 8,
      data: new Array<number>(801).fill(192),
      tail: [...utf8('id3 '), 2, 0, 0, 0, 1, 1],
    });
    const sound = await readWav(await gzip(file), { sampleRate: 16_000 });
    expect(sound.sampleRate).toBe(16_000);
    expect(sound.samples).toHaveLength(1602);
    expect(sound.samples[800]).toBeCloseTo(0.5, 5);
    expect((await readWav(file)).sampleRate).toBe(8000);
  });

  test.each<[string, Wav, RegExp]>([
    ['more promised than there is', { bits: 16, data: [1, 2], promised: 1000 }, /^a\.wav: the chunk "data" at byte 48 should have 1000 bytes, but the file has 2 more/],
    ['a header that was never completed', { bits: 16, data: [1, 2], promised: 2 ** 32 - 1 }, /should have 4294967295 bytes/],
    ['half a sample', { bits: 16, data: [1, 2, 3] }, /3 bytes of samples at byte 56, expected a multiple of 2/],
    ['no sample', { bits: 16, data: [] }, /0 bytes of samples/],
    ['another encoding', { code: 7, bits: 8, data: [1] }, /encoding 7 with 8 bits in the "fmt " chunk at byte 20, expected PCM/],
    ['64-bit integers', { bits: 64, data: new Array(8).fill(0) }, /encoding 1 with 64 bits/],
    ['a frame that does not fit', { bits: 16, frame: 3, data: [1, 2, 3] }, /3 bytes for a sample of 1 channels and 16 bits/],
    ['no channel', { channels: 0, bits: 16, data: [1, 2] }, /no channel/],
    ['no rate', { rate: 0, bits: 16, data: [1, 2] }, /0 samples a second/],
    ['a rate that would blow up', { rate: 2 ** 32 - 1, bits: 16, data: [1, 2] }, /4294967295 samples a second .*, expected 100 to/],
    ['no number', { code: 3, bits: 32, data: float([1, Number.NaN], 32) }, /sample 1 at byte 60 is not a finite number/],
  ])('%s', async (_, file, message) => {
    await expect(samplesOf(file)).rejects.toThrow(message);
  }); // biome-ignore format: a case a line

  test('cut anywhere, the file is refused with its name', async () => {
    const whole = wav({ bits: 16, data: [1, 2, 3, 4] });
    for (let length = 0; length < whole.length; length++) {
      await expect(readWav(whole.subarray(0, length), { name: 'cut.wav' }), `${length}`).rejects.toThrow(
        /^cut\.wav: /,
      );
    }
  });

  test('reading stops at the limit, packed or not', async () => {
    const bomb = await gzip(new Uint8Array(2 ** 24));
    expect(bomb.length).toBeLessThan(2 ** 16);
    await expect(readWav(bomb, { maxBytes: 2 ** 20 })).rejects.toThrow(/input: more than 1048576 bytes/);
  });
});
