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

/** Whether a cut between two characters, the second of them white space, is one for all the stages. */
export type CutCheck = (before: string, after: string) => boolean;

/** Only these are cut before: no normalization form joins them to what stands in front. */
const isCut = (text: string, at: number, cuts: Cuts, check: CutCheck | undefined): boolean => {
  if (cuts === 'anywhere') return (text.charCodeAt(at) & 0xfc00) !== 0xdc00;
  const unit = text.charCodeAt(at);
  if (unit !== 0x20 && (unit !== 0x0a || cuts === 'before a space')) return false;
  if (/\p{White_Space}/u.test(text[at - 1]!)) return false;
  return !check || check(text.slice(lastCharacter(text, at), at), text[at]!);
};

/** Where the character before a place begins. */
function lastCharacter(text: string, at: number): number {
  const isPair =
    (text.charCodeAt(at - 1) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 2) & 0xfc00) === 0xd800;
  return isPair ? at - 2 : at - 1;
}

/**
 * The parts of a text, each of about a length, that may be worked on alone: where they begin and end. Where the stages
 * allow no cut, or the text has no place for one, the rest is one part.
 *
 * @param check  what the cuts have to pass besides, where a normalizer stands before what cuts
 */
export function* safeParts(
  text: string,
  cuts: Cuts,
  length: number,
  check?: CutCheck,
): Generator<[from: number, to: number]> {
  let from = 0;
  while (cuts !== 'nowhere' && text.length - from > 2 * length) {
    let to = from + length;
    while (to < text.length && !isCut(text, to, cuts, check)) to++;
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
  check?: CutCheck,
): AsyncGenerator<string, void, undefined> {
  let held: string[] = [];
  let last = '';
  for await (const chunk of chunks) {
    checkText(chunk, 'a chunk of the text');
    if (chunk === '') continue;
    // With the character before, so that a cut between two chunks is found.
    const seen = last + chunk;
    let at = cuts === 'nowhere' ? 0 : seen.length - 1;
    while (at > 0 && !isCut(seen, at, cuts, check)) at--;
    if (at > 0) {
      const fresh = at - last.length;
      held.push(chunk.slice(0, fresh));
      const part = held.join('');
      held = [chunk.slice(fresh)];
      if (part !== '') yield part;
    } else held.push(chunk);
    last = seen.slice(lastCharacter(seen, seen.length));
  }
  const rest = held.join('');
  if (rest !== '') yield rest;
}
