import type { EncodedText } from './encoding.ts';
import type { Component } from './tokenizer-file.ts';

export type Truncation = {
  /** The most tokens of a result, special ones included. */
  maxLength: number;
  /** Of a pair: cut the longer one, or only one of them. The longer one first unless told. */
  strategy?: 'LongestFirst' | 'OnlyFirst' | 'OnlySecond';
  /** How many tokens each overflowing window shares with the one before. 0 unless told. */
  stride?: number;
  /** At which end tokens are cut off. Right unless told. */
  direction?: 'Left' | 'Right';
};

/**
 * Cuts texts to fit. For each text its windows: what stays, then what overflows.
 *
 * @param added  how many special tokens there will be
 * @throws RangeError if there is no room, or the stride leaves none for anything new
 */
export function truncate(
  texts: readonly EncodedText[],
  truncation: Truncation,
  added: number,
): EncodedText[][] {
  const { maxLength, strategy = 'LongestFirst', stride = 0 } = truncation;
  const lengths = texts.map(({ ids }) => ids.length);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const room = maxLength - added;
  if (room < 0) {
    throw new RangeError(
      `truncation: \`maxLength\` is ${maxLength}, but there are ${added} special tokens alone. Raise it.`,
    );
  }
  if (total <= room) return texts.map((text) => [text]);
  const wanted = texts.length === 1 ? [room] : pairLengths(lengths, room, strategy);
  return texts.map((text, i) => windows(text, wanted[i]!, stride, truncation.direction ?? 'Right'));
}

function pairLengths(
  [first = 0, second = 0]: number[],
  room: number,
  strategy: Truncation['strategy'],
): number[] {
  if (strategy !== 'LongestFirst') {
    const [kept, cut] = strategy === 'OnlyFirst' ? [second, first] : [first, second];
    const left = room - kept;
    if (left <= 0) {
      throw new RangeError(
        `truncation: ${strategy} has to cut ${kept + cut - room} tokens off a text of ${cut}. Raise \`maxLength\`, or use LongestFirst.`,
      );
    }
    return strategy === 'OnlyFirst' ? [left, second] : [first, left];
  }
  const shorter = Math.min(first, second);
  let [low, high] = [shorter, Math.max(shorter, room - shorter)];
  if (low + high > room) {
    low = Math.floor(room / 2);
    high = room - low;
  }
  return first <= second ? [low, high] : [high, low];
}

function windows(
  text: EncodedText,
  length: number,
  stride: number,
  direction: 'Left' | 'Right',
): EncodedText[] {
  const size = text.ids.length;
  if (size <= length) return [text];
  if (length === 0) return [slice(text, 0, 0), text];
  if (!(stride < length)) {
    throw new RangeError(
      `truncation: \`stride\` is ${stride}, but a window has ${length} tokens of this text. Expected fewer.`,
    );
  }
  const found: EncodedText[] = [];
  for (let done = 0; ; done += length - stride) {
    const end = Math.min(done + length, size);
    found.push(direction === 'Right' ? slice(text, done, end) : slice(text, size - end, size - done));
    if (end === size) return found;
  }
}

function slice({ ids, starts, ends, words }: EncodedText, from: number, to: number): EncodedText {
  return {
    ids: ids.subarray(from, to),
    starts: starts.subarray(from, to),
    ends: ends.subarray(from, to),
    words: words.subarray(from, to),
  };
}

export function truncationJson(truncation: Truncation): Omit<Component, 'type'> {
  const { maxLength, strategy = 'LongestFirst', stride = 0, direction = 'Right' } = truncation;
  return { direction, max_length: maxLength, strategy, stride };
}
