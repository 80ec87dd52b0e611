import crc32c from 'crc-32/crc32c.js';
import { expect, test } from 'vitest';
import { encodeTfevents } from './tfevents.ts';

test('the checksum is that of RFC 3720', () => {
  expect(crc32c.str('123456789') >>> 0).toBe(0xe3069283);
});

test('records as TensorFlow writes them', () => {
  const bytes = Buffer.from(encodeTfevents([{ tag: 'a', step: 300, wallTime: 1.5, value: 0.5 }]));
  // The first record: 9 bytes of a double (field 1) and 15 of a string (field 3).
  expect(bytes.readBigUInt64LE(0)).toBe(24n);
  expect(bytes.subarray(12, 36).toString('hex')).toBe(
    `09${'000000000000f83f'}1a0d${Buffer.from('brain.Event:2').toString('hex')}`,
  );
  // The second: wall_time 1.5, step 300 = 0xac 0x02, summary { value { tag 'a', simple_value 0.5 } }.
  expect(bytes.subarray(40 + 12, -4).toString('hex')).toBe(
    '09000000000000f83f10ac022a0a0a080a01611' + '50000003f',
  );
  for (const [from, to, at] of [
    [0, 8, 8],
    [12, 36, 36],
    [40, 48, 48],
    [52, bytes.length - 4, bytes.length - 4],
  ] as const) {
    // masked = rotated right by 15, plus 0xa282ead8 (tensorflow/core/lib/hash/crc32c.h), undone
    const rotated = (bytes.readUInt32LE(at) - 0xa282ead8) >>> 0;
    const crc = ((rotated << 15) | (rotated >>> 17)) >>> 0;
    expect(crc).toBe(crc32c.buf(bytes.subarray(from, to)) >>> 0);
  }
});
