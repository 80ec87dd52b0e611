import { DataError } from './data-error.ts';

const bytesPerStrayNul = 1000;

/**
 * Looks at the bytes of a text as they pass.
 * @throws DataError, from the function it returns, for UTF-16 and for more NUL bytes than a text has
 */
export function textGuard(name: string): (bytes: Uint8Array) => void {
  let seen = 0;
  let firstByte = -1;
  let nuls = 0;
  let firstNul = 0;
  return (bytes) => {
    if (bytes.length === 0) return;
    if (seen === 0) firstByte = bytes[0]!;
    const secondByte = seen === 0 ? bytes[1] : seen === 1 ? bytes[0] : undefined;
    if ((firstByte === 0xff && secondByte === 0xfe) || (firstByte === 0xfe && secondByte === 0xff)) {
      throw new DataError(
        `${name}: UTF-16 text (byte order mark at byte 0), expected UTF-8. Convert it, for example with \`iconv -t utf-8\`.`,
      );
    }
    for (let nul = bytes.indexOf(0); nul >= 0; nul = bytes.indexOf(0, nul + 1)) {
      nuls++;
      const at = seen + nul;
      if (nuls === 1) firstNul = at;
      // A stray NUL is a damaged character; text is never full of them, and every binary format is.
      if (nuls > 1 + at / bytesPerStrayNul) {
        const isEverySecond = nuls === 2 && firstNul <= 1 && at === firstNul + 2;
        throw new DataError(
          isEverySecond
            ? `${name}: UTF-16 text (every second byte is NUL), or a binary file, expected UTF-8. Convert a text, for example with \`iconv -f utf-16${firstNul === 1 ? 'le' : 'be'} -t utf-8\`.`
            : `${name}: a binary file (${nuls} NUL bytes up to byte ${at}), expected UTF-8 text, plain or gzip.`,
        );
      }
    }
    seen += bytes.length;
  };
}
