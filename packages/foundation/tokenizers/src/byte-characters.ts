/**
 * GPT-2's spelling of bytes as visible characters (Radford et al. 2019): printable Latin-1 stands for itself, the rest
 * for U+0100 and on, in order.
 */
const isItself = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** The code unit that spells each byte. */
const byteUnits = new Uint16Array(256);
/** The byte that each code unit spells, for `bytesByUnit[unit] - 1`; 0 where it spells none. */
const bytesByUnit = new Uint16Array(0x200);

let next = 0x100;
for (let byte = 0; byte < 256; byte++) {
  byteUnits[byte] = isItself(byte) ? byte : next++;
  bytesByUnit[byteUnits[byte]!] = byte + 1;
}

/** The characters that spell all 256 bytes, in byte order. */
export const byteCharacters: readonly string[] = Array.from(byteUnits, (unit) => String.fromCharCode(unit));

/** The byte that a code unit spells, or −1. */
export function byteOfUnit(unit: number): number {
  return unit < bytesByUnit.length ? bytesByUnit[unit]! - 1 : -1;
}

/** How many bytes of UTF-8 a code point takes. */
function utf8Length(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}

/** Calls back for each byte of UTF-8 of a well-formed text, with the code units of its character. */
export function forEachByte(
  text: string,
  from: number,
  to: number,
  callback: (byte: number, start: number, end: number) => void,
): void {
  for (let i = from; i < to; ) {
    const codePoint = text.codePointAt(i)!;
    const end = i + (codePoint > 0xffff ? 2 : 1);
    if (codePoint < 0x80) callback(codePoint, i, end);
    else {
      const length = utf8Length(codePoint);
      callback(((0xf00 >> length) & 0xff) | (codePoint >> (6 * (length - 1))), i, end);
      for (let rest = length - 2; rest >= 0; rest--)
        callback(0x80 | ((codePoint >> (6 * rest)) & 0x3f), i, end);
    }
    i = end;
  }
}
