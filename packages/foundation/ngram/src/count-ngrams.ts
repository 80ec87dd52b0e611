import { mergeCounts } from './merge-counts.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { assembleTrie, type TrieLevel } from './ngram-trie.ts';
import { rankPairs } from './rank-pairs.ts';
import { checkId, type IdChunks, type TokenIds } from './token-ids.ts';

const batchSize = 1 << 20;

/**
 * Counts the n-grams of orders 1 to `order` in one stream of token ids. The stream is endless (n-grams run on over
 * the ends of chunks) except where the vocabulary has a begin or an end id: no n-gram reaches over a sentence's end.
 *
 * Takes memory for the distinct n-grams, not for the tokens: batches of a million tokens are counted by sorting and
 * merged into what came before.
 *
 * @param options.vocabulary  `{ size }` for foreign ids, or a `Vocabulary`, which may still grow as chunks arrive
 * @throws RangeError naming the position of an id outside the vocabulary
 */
export async function countNgrams<Vocab extends TokenIds>(
  chunks: IdChunks,
  options: { order: number; vocabulary: Vocab },
): Promise<NgramCounts<Vocab>> {
  const { order, vocabulary } = options;
  if (!(Number.isInteger(order) && order >= 1 && order <= 7)) {
    throw new RangeError(`countNgrams: order is ${order}, expected an integer from 1 to 7.`);
  }
  const parts: NgramCounts<Vocab>[] = [];
  const buffer = new Int32Array(batchSize + order - 1);
  let length = 0;
  let position = 0;
  for await (const chunk of chunks) {
    for (let i = 0; i < chunk.length; i++) {
      const id = chunk[i]!;
      if (!(id >= 0 && id < vocabulary.size && Number.isInteger(id))) {
        checkId(vocabulary, id, () => `countNgrams: position ${position + i} of the stream`);
      }
      buffer[length++] = id;
      if (length === buffer.length) {
        pushMerged(parts, countBatch(buffer, batchSize, order, vocabulary));
        buffer.copyWithin(0, batchSize);
        length -= batchSize;
      }
    }
    position += chunk.length;
  }
  parts.push(countBatch(buffer.subarray(0, length), length, order, vocabulary));
  return parts.length === 1 ? parts[0]! : mergeCounts(parts);
}

/** Merges parts of like size only, so that a long stream costs n log n, not n². */
function pushMerged<Vocab extends TokenIds>(parts: NgramCounts<Vocab>[], part: NgramCounts<Vocab>): void {
  let merged = part;
  while (parts.length > 0 && parts.at(-1)!.count.length < 2 * merged.count.length) {
    merged = mergeCounts([parts.pop()!, merged]);
  }
  parts.push(merged);
}

/** Counts the n-grams that start in the first `starts` of `ids`. */
function countBatch<Vocab extends TokenIds>(
  ids: Int32Array,
  starts: number,
  order: number,
  vocabulary: Vocab,
): NgramCounts<Vocab> {
  const { begin = -1, end = -1, size } = vocabulary;
  const counts = [new Uint32Array(1), new Uint32Array(size)];
  const levels: TrieLevel[] = [];
  // n-grams still growing: where each starts, and its number among those of its order
  let start: Int32Array = new Int32Array(starts);
  let ngram: Int32Array = ids.slice(0, starts);
  counts[0]![0] = starts;
  for (let i = 0; i < starts; i++) {
    start[i] = i;
    counts[1]![ids[i]!]!++;
  }
  for (let k = 2; k <= order; k++) {
    const token = new Int32Array(start.length);
    let growing = 0;
    for (let i = 0; i < start.length; i++) {
      const last = start[i]! + k - 1;
      if (last >= ids.length || ids[last - 1] === end || ids[last] === begin) continue;
      start[growing] = start[i]!;
      ngram[growing] = ngram[i]!;
      token[growing++] = ids[last]!;
    }
    start = start.subarray(0, growing);
    const level = rankPairs(
      ngram.subarray(0, growing),
      token.subarray(0, growing),
      counts[k - 1]!.length,
      size,
    );
    ngram = level.rank;
    const count = new Uint32Array(level.token.length);
    for (let i = 0; i < growing; i++) count[ngram[i]!]!++;
    levels.push(level);
    counts.push(count);
  }
  return { trie: assembleTrie(size, levels), count: concatenate(counts), vocabulary };
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
