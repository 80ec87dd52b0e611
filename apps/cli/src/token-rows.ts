import type { TokenizedPart } from '@ostinato/tokenizers';
import type { Reporter } from './reporter.ts';

/** Where a token comes from: UTF-16 code units, counted from the beginning of the scored text. */
export interface TokenPlace {
  start: number;
  end: number;
  text: string;
}

/** The tokens of a text that arrives in parts, one by one. */
export async function* tokenPlaces(parts: AsyncIterable<TokenizedPart>): AsyncGenerator<TokenPlace> {
  let before = 0;
  for await (const { text, starts, ends } of parts) {
    for (let i = 0; i < starts.length; i++) {
      const [start, end] = [starts[i]!, ends[i]!];
      yield { start: before + start, end: before + end, text: text.slice(start, end) };
    }
    before += text.length;
  }
}

/**
 * Writes a line for each token, as they are scored: its surprisal in bits, its place, its text in quotes. With `json` an
 * object.
 */
export function tokenRows(places: AsyncIterator<TokenPlace>, reporter: Reporter, json: boolean) {
  return async (nats: ArrayLike<number>, isUnknown: (i: number) => boolean): Promise<void> => {
    const lines: string[] = [];
    for (let i = 0; i < nats.length; i++) {
      const { value, done } = await places.next();
      if (done)
        throw new Error('tokenRows: the text has fewer tokens than were scored; was it changed meanwhile?');
      const { start, end, text } = value;
      const bits = nats[i]! / Math.LN2;
      const unknown = isUnknown(i);
      lines.push(
        json
          ? JSON.stringify({ text, start, end, nats: nats[i], bits, unknown })
          : `${bits.toFixed(3).padStart(8)}  ${`${start}–${end}`.padEnd(15)}  ${JSON.stringify(text)}${unknown ? '  unknown' : ''}`,
      );
    }
    await reporter.lines(lines);
  };
}
