import { type ByteSource, type ReaderOptions, sourceName } from './byte-source.ts';
import { DataError } from './data-error.ts';
import { inflate } from './inflate.ts';
import { textGuard } from './text-guard.ts';

export type TextStatistics = {
  /** Bytes of the text, after decompression. */
  bytes: number;
  /** Unicode code points of the decoded text. */
  characters: number;
  /** Line ends, and one more for a last line without. */
  lines: number;
  /** Invalid UTF-8 sequences that were replaced by U+FFFD. */
  replaced: number;
};

/** A text in chunks, none of which cuts a surrogate pair. */
export interface TextStream extends AsyncIterable<string> {
  /** What this iteration has read so far: the whole text's when it has ended. */
  readonly statistics: Readonly<TextStatistics>;
}

/**
 * Reads UTF-8 text, plain or gzip (seen by its first bytes). A byte order mark is dropped, line ends are kept
 * as they are, invalid sequences become U+FFFD as the Encoding standard has it. How the bytes are cut into
 * chunks changes nothing.
 *
 * @throws DataError for a source that is none; while iterating, if the file is binary (has more than a stray NUL byte, or is
 *   UTF-16), empty, or damaged gzip
 */
export function decodeText(source: ByteSource, options: ReaderOptions = {}): TextStream {
  const name = sourceName(source, options);
  const statistics: TextStatistics = { bytes: 0, characters: 0, lines: 0, replaced: 0 };
  return { statistics, [Symbol.asyncIterator]: () => decode(source, name, statistics) };
}

async function* decode(
  source: ByteSource,
  name: string,
  statistics: TextStatistics,
): AsyncGenerator<string, void, undefined> {
  Object.assign(statistics, { bytes: 0, characters: 0, lines: 0, replaced: 0 });
  const decoder = new TextDecoder();
  const written = replacementFinder();
  let lastUnit = '\n';
  const guard = textGuard(name);

  const count = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if ((unit & 0xfc00) !== 0xdc00) statistics.characters++;
      if (unit === 0x0a) statistics.lines++;
      else if (unit === 0xfffd) statistics.replaced++;
    }
    lastUnit = text.at(-1) ?? lastUnit;
  };

  for await (const bytes of inflate(source, { name })) {
    guard(bytes);
    statistics.bytes += bytes.length;
    const text = decoder.decode(bytes, { stream: true });
    count(text);
    statistics.replaced -= written(bytes);
    if (text !== '') yield text;
  }
  const rest = decoder.decode();
  count(rest);
  if (lastUnit !== '\n') statistics.lines++;
  if (statistics.characters === 0) {
    throw new DataError(`${name}: the file is empty. Give a text with at least one character.`);
  }
  if (rest !== '') yield rest;
}

/**
 * Counts the U+FFFD that the text itself has: EF BF BD. EF continues no sequence, so these three bytes are
 * always that character; every other U+FFFD of the output is a replacement.
 */
function replacementFinder(): (bytes: Uint8Array) => number {
  let matched = 0;
  return (bytes) => {
    let found = 0;
    for (let i = matched > 0 ? 0 : bytes.indexOf(0xef); i >= 0 && i < bytes.length; ) {
      const byte = bytes[i]!;
      if (byte === 0xef) matched = 1;
      else if (matched === 1 && byte === 0xbf) matched = 2;
      else {
        if (matched === 2 && byte === 0xbd) found++;
        matched = 0;
      }
      i = matched > 0 ? i + 1 : bytes.indexOf(0xef, i + 1);
    }
    return found;
  };
}
