import type { TextStream } from '@ostinato/data';
import { count } from './format.ts';

/** Characters of a line that is hardly one. */
const longLine = 1000;

/** A text whose line ends are looked at while it is read. */
export interface WatchedText extends TextStream {
  /** What is odd about its lines, once it was read; undefined when nothing is. For what works line by line. */
  lineNote(): string | undefined;
}

/** The same text; counts the carriage returns that no line feed follows, with which ancient files end their lines. */
export function watchLineEnds(text: TextStream): WatchedText {
  let alone = 0;
  return {
    statistics: text.statistics,
    async *[Symbol.asyncIterator]() {
      alone = 0;
      let pending = false; // a return ended the chunk before
      for await (const chunk of text) {
        if (pending && chunk[0] !== '\n') alone++;
        for (let at = chunk.indexOf('\r'); at >= 0 && at < chunk.length - 1; at = chunk.indexOf('\r', at + 1))
          if (chunk[at + 1] !== '\n') alone++;
        pending = chunk.endsWith('\r');
        yield chunk;
      }
      if (pending) alone++;
    },
    lineNote() {
      const { lines, characters } = text.statistics;
      if (lines > 1 || (alone === 0 && characters < longLine)) return undefined;
      if (alone === 0) return 'The text is one single line.';
      return (
        `The text is one single line: its lines end in CR alone (${count(alone)} of them), expected line feeds. ` +
        "Convert it, for example with `tr '\\r' '\\n'`."
      );
    },
  };
}
