import { checkText } from './check-text.ts';

/**
 * Where a text may be cut, so that a stage gives for the two parts together what it gives for the whole: between any two
 * characters, before white space that follows something else, before such a space (U+0020), or nowhere.
 */
export type Cuts = 'anywhere' | 'before white space' | 'before a space' | 'nowhere';

const order: readonly Cuts[] = ['anywhere', 'before white space', 'before a space', 'nowhere'];

/** What all of them allow. */
export function commonCuts(all: Iterable<Cuts>): Cuts {
  let common = 0;
  for (const cuts of all) common = Math.max(common, order.indexOf(cuts));
  return order[common]!;
}

/** Only these are cut before: no normalization form joins them to what stands in front. */
const isCut = (text: string, at: number, cuts: Cuts): boolean => {
  if (cuts === 'anywhere') return (text.charCodeAt(at) & 0xfc00) !== 0xdc00;
  const unit = text.charCodeAt(at);
  if (unit !== 0x20 && (unit !== 0x0a || cuts === 'before a space')) return false;
  return !/\p{White_Space}/u.test(text[at - 1]!);
};

/**
 * The parts of a text, each of about a length, that may be worked on alone: where they begin and end. Where the stages
 * allow no cut, or the text has no place for one, the rest is one part.
 */
export function* safeParts(text: string, cuts: Cuts, length: number): Generator<[from: number, to: number]> {
  let from = 0;
  while (cuts !== 'nowhere' && text.length - from > 2 * length) {
    let to = from + length;
    while (to < text.length && !isCut(text, to, cuts)) to++;
    if (to === text.length) break;
    yield [from, to];
    from = to;
  }
  yield [from, text.length];
}

/**
 * The same text in parts that may be worked on alone. Where the stages allow no cut, or the text has no place for one,
 * it is held until its end. Cost is linear, also for a long text without such places in many chunks.
 */
export async function* cutSafely(
  chunks: Iterable<string> | AsyncIterable<string>,
  cuts: Cuts,
): AsyncGenerator<string, void, undefined> {
  let held: string[] = [];
  let last = '';
  for await (const chunk of chunks) {
    checkText(chunk, 'a chunk of the text');
    if (chunk === '') continue;
    // With the unit before, so that a cut between two chunks is found.
    const seen = last + chunk;
    let at = cuts === 'nowhere' ? 0 : seen.length - 1;
    while (at > 0 && !isCut(seen, at, cuts)) at--;
    if (at > 0) {
      const fresh = at - last.length;
      held.push(chunk.slice(0, fresh));
      const part = held.join('');
      held = [chunk.slice(fresh)];
      if (part !== '') yield part;
    } else held.push(chunk);
    last = seen.at(-1)!;
  }
  const rest = held.join('');
  if (rest !== '') yield rest;
}
