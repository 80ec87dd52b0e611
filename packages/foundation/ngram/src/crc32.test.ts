import { expect, test } from 'vitest';
import { crc32 } from './crc32.ts';

test('has the check value of the standard', () => {
  // ISO 3309 / ITU-T V.42: CRC-32 of the nine digits is CBF43926; of nothing, 0
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array(0))).toBe(0);
});

test('a flipped bit anywhere changes it', () => {
  const bytes = Uint8Array.from({ length: 23 }, (_, i) => 37 * i);
  const whole = crc32(bytes);
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const flipped = bytes.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(crc32(flipped)).not.toBe(whole);
  }
});
