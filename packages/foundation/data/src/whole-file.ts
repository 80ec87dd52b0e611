import type { ByteSource } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { inflate } from './inflate.ts';
import { joinBytes } from './read-lines.ts';

/**
 * All bytes of a file, plain or gzip.
 * @throws DataError if there are none, or more than `maxBytes`: reading stops there
 */
export async function wholeFile(source: ByteSource, name: string, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of inflate(source, { name })) {
    length += part.length;
    if (length > maxBytes) {
      throw new DataError(
        `${name}: more than ${maxBytes} bytes. Set \`maxBytes\` higher, if the file is what it should be.`,
      );
    }
    parts.push(part);
  }
  if (length === 0) throw new DataError(`${name}: the file is empty.`);
  return joinBytes(parts);
}
