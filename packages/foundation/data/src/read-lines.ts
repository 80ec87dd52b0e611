import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { inflate } from './inflate.ts';
import { textGuard } from './text-guard.ts';

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quotationMark = 0x22;
const longestLine = 2 ** 26;

export type Line = {
  text: string;
  /** 1 for the first. */
  line: number;
};

/**
 * The lines of a UTF-8 text, plain or gzip, without their ends (LF or CRLF) and without a byte order mark. Holds one line
 * and one chunk in memory.
 *
 * @throws DataError while iterating, naming the file and the line, if the file is empty, binary, damaged gzip, has a byte
 *   sequence that is not UTF-8, a line of more than 64 MiB, or lines that end in CR alone
 */
export async function* readLines(
  source: ByteSource,
  options: ReaderOptions = {},
): AsyncGenerator<Line, void, undefined> {
  for await (const { text, line } of rawLines(source, sourceName(source, options))) {
    yield { text: text.endsWith('\r') ? text.slice(0, -1) : text, line };
  }
}

/** The same, with the CR of a CRLF: inside quotes it belongs to the text, and a CR alone, too, where there are `quotes`. */
export async function* rawLines(
  source: ByteSource,
  name: string,
  { quotes = false }: { quotes?: boolean } = {},
): AsyncGenerator<Line, void, undefined> {
  const guard = textGuard(name);
  let line = 1;
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  for await (const bytes of inflate(source, { name })) {
    guard(bytes);
    const end = bytes.lastIndexOf(lineFeed);
    pending.push(end < 0 ? bytes : bytes.subarray(0, end));
    pendingLength += pending.at(-1)!.length;
    if (end >= 0) {
      for (const text of decodeLines(joinBytes(pending), line, name)) yield { text, line: line++ };
      pending = [bytes.subarray(end + 1)];
      pendingLength = pending[0]!.length;
    }
    if (pendingLength > longestLine) {
      throw new DataError(
        `${name}:${line}: a line of more than ${longestLine} bytes. Check that this is a file of lines that end in LF or CRLF.`,
      );
    }
  }
  if (pendingLength > 0) {
    const rest = joinBytes(pending);
    const end = line === 1 ? rest.indexOf(carriageReturn) : -1;
    if (end >= 0 && end < rest.length - 1 && !(quotes && rest.includes(quotationMark))) {
      throw new DataError(
        `${name}:1: the lines end in CR alone, as on old Macintoshes, expected LF or CRLF. Convert the file: \`tr '\\r' '\\n'\`.`,
      );
    }
    for (const text of decodeLines(rest, line, name)) yield { text, line: line++ };
  }
  if (line === 1) throw new DataError(`${name}: the file is empty. Give one with at least one line.`);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** All lines of a block at once: one call of the decoder, unless the block has an invalid sequence to find. */
function decodeLines(block: Uint8Array, firstLine: number, name: string): string[] {
  let text: string;
  try {
    text = strict.decode(block);
  } catch (error) {
    const line = firstLine + firstInvalidLine(block);
    throw new DataError(
      `${name}:${line}: a byte sequence that is not UTF-8. Convert the file (\`iconv -t utf-8\`), or repair this line.`,
      { cause: error },
    );
  }
  if (firstLine === 1 && text.startsWith('\uFEFF')) text = text.slice(1);
  return text.split('\n');
}

function firstInvalidLine(block: Uint8Array): number {
  let start = 0;
  for (let line = 0; ; line++) {
    const end = block.indexOf(lineFeed, start);
    try {
      strict.decode(block.subarray(start, end < 0 ? block.length : end));
    } catch {
      return line;
    }
    start = end + 1;
  }
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
