import { PairTable } from '../pair-table.ts';
import { PairQueue } from './pair-queue.ts';
import type { pacer } from './training-progress.ts';

export type LearnedMerges = { tokens: string[]; merges: [string, string][] };

/**
 * Learns merges from counted pieces: again and again the most frequent pair of neighbours becomes a token (Sennrich et
 * al. 2016). Pairs know the pieces they are in, so that a merge costs what it changes; the queue is corrected when an
 * entry comes up. Of equally frequent pairs the one with the smaller ids is first, as in Hugging Face's trainer.
 *
 * @param first    the tokens that come before: special ones and the alphabet, with the prefix too
 * @param special  which of them no merge makes, as no text spells them
 * @param prefix   before every character but the first of a piece
 */
export async function learnMerges(
  counts: ReadonlyMap<string, number>,
  first: readonly string[],
  {
    vocabularySize,
    minFrequency,
    special = [],
    prefix = '',
    longest = Number.POSITIVE_INFINITY,
  }: {
    vocabularySize: number;
    minFrequency: number;
    special?: readonly string[];
    prefix?: string;
    longest?: number;
  },
  pace: ReturnType<typeof pacer>,
): Promise<LearnedMerges> {
  const tokens = [...first];
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const words = spelledWords(counts, ids, prefix);

  const table = new PairTable(1 << 12);
  const lefts: number[] = [];
  const rights: number[] = [];
  const pairCounts: number[] = [];
  const places: number[][] = [];
  const pairOf = (left: number, right: number): number => {
    const at = table.add(left, right);
    if (table.slots[at + 2] === 0) {
      lefts.push(left);
      rights.push(right);
      pairCounts.push(0);
      places.push([]);
      table.slots[at + 2] = lefts.length;
    }
    return table.slots[at + 2]! - 1;
  };
  const change = (left: number, right: number, by: number, word: number): number => {
    const pair = pairOf(left, right);
    pairCounts[pair]! += by;
    const list = places[pair]!;
    if (by > 0 && list[list.length - 1] !== word) list.push(word);
    return pair;
  };

  const { symbols, starts, lengths, wordCounts } = words;
  for (let word = 0; word < lengths.length; word++) {
    const start = starts[word]!;
    for (let i = start; i + 1 < start + lengths[word]!; i++) {
      change(symbols[i]!, symbols[i + 1]!, wordCounts[word]!, word);
    }
  }
  const queue = new PairQueue(
    (a, b) => lefts[a]! - lefts[b]! < 0 || (lefts[a] === lefts[b] && rights[a]! < rights[b]!),
  );
  for (let pair = 0; pair < lefts.length; pair++) queue.push(pair, pairCounts[pair]!);

  const merges: [string, string][] = [];
  const isSpecial = new Set(special);
  const begun = tokens.length;
  while (tokens.length < vocabularySize && queue.size > 0) {
    const turn = pace(() => ({
      stage: 'learning',
      tokens: tokens.length,
      fraction: (tokens.length - begun) / Math.max(1, vocabularySize - begun),
    }));
    if (turn) await turn;
    const { pair, count } = queue.pop();
    if (count !== pairCounts[pair]) {
      if (pairCounts[pair]! > 0) queue.push(pair, pairCounts[pair]!);
      continue;
    }
    if (count < minFrequency) break;
    const [left, right] = [lefts[pair]!, rights[pair]!];
    const token = tokens[left]! + tokens[right]!.slice(prefix.length);
    if (token.length > longest || isSpecial.has(token)) {
      pairCounts[pair] = 0;
      continue;
    }
    let merged = ids.get(token);
    if (merged === undefined) {
      merged = tokens.push(token) - 1;
      ids.set(token, merged);
    }
    merges.push([tokens[left]!, tokens[right]!]);
    const grown = new Set<number>();
    for (const word of places[pair]!) {
      const start = starts[word]!;
      const times = wordCounts[word]!;
      const end = start + lengths[word]!;
      // Written back as it is read, so that a long piece costs its length and no more.
      let kept = start;
      for (let i = start; i < end; i++) {
        if (symbols[i] !== left || i + 1 >= end || symbols[i + 1] !== right) {
          symbols[kept++] = symbols[i]!;
          continue;
        }
        if (kept > start) {
          const before = symbols[kept - 1]!;
          change(before, left, -times, word);
          grown.add(change(before, merged, times, word));
        }
        if (i + 2 < end) {
          change(right, symbols[i + 2]!, -times, word);
          grown.add(change(merged, symbols[i + 2]!, times, word));
        }
        symbols[kept++] = merged;
        i++;
      }
      lengths[word] = kept - start;
    }
    pairCounts[pair] = 0;
    places[pair] = [];
    grown.delete(pair);
    for (const other of grown) if (pairCounts[other]! > 0) queue.push(other, pairCounts[other]!);
  }
  return { tokens, merges };
}

/** The pieces as symbols, one after another; characters that are no token are left out. */
function spelledWords(counts: ReadonlyMap<string, number>, ids: ReadonlyMap<string, number>, prefix: string) {
  let total = 0;
  for (const piece of counts.keys()) total += piece.length;
  const symbols = new Int32Array(total);
  const starts = new Int32Array(counts.size);
  const lengths = new Int32Array(counts.size);
  const wordCounts = new Float64Array(counts.size);
  let at = 0;
  let word = 0;
  for (const [piece, count] of counts) {
    starts[word] = at;
    let isFirst = true;
    for (const character of piece) {
      const id = ids.get(isFirst ? character : prefix + character);
      isFirst = false;
      if (id !== undefined) symbols[at++] = id;
    }
    lengths[word] = at - starts[word]!;
    wordCounts[word++] = count;
  }
  return { symbols, starts, lengths, wordCounts };
}
