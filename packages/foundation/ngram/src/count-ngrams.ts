import { countBatch, maxBatch } from './count-batch.ts';
import { mergeCounts } from './merge-counts.ts';
import type { NgramCounts } from './ngram-counts.ts';
import { checkIds, type IdChunks, type TokenIds } from './token-ids.ts';

/**
 * Counts the n-grams of orders 1 to `order` in one stream of token ids. The stream is endless (n-grams run on over
 * the ends of chunks) except where the vocabulary has a begin or an end id: no n-gram reaches over a sentence's end.
 *
 * Takes memory for the distinct n-grams, not for the tokens: batches of two million tokens are counted by sorting and
 * merged into what came before.
 *
 * @param options.vocabulary  `{ size }` for foreign ids, or a `Vocabulary`, which may still grow as chunks arrive
 * @throws RangeError naming the position of an id outside the vocabulary, for chunks that are none, or an option that is missing
 */
export async function countNgrams<Vocab extends TokenIds>(
  chunks: IdChunks,
  options: { order: number; vocabulary: Vocab },
): Promise<NgramCounts<Vocab>> {
  if (typeof options !== 'object' || options === null) {
    throw new RangeError(`countNgrams: the options are ${String(options)}, expected { order, vocabulary }.`);
  }
  const { order, vocabulary } = options;
  if (!(Number.isInteger(order) && order >= 1 && order <= 7)) {
    throw new RangeError(`countNgrams: order is ${order}, expected an integer from 1 to 7.`);
  }
  if (typeof vocabulary?.size !== 'number') {
    throw new RangeError(
      `countNgrams: vocabulary is ${vocabulary === null ? 'null' : typeof vocabulary}, expected a Vocabulary, or { size } for ids of another tokenizer.`,
    );
  }
  const parts: NgramCounts<Vocab>[] = [];
  const buffer = new Int32Array(maxBatch + order - 1);
  let length = 0;
  let position = 0;
  for await (const chunk of chunks) {
    if (typeof chunk?.length !== 'number' || typeof chunk === 'string') {
      throw new RangeError(
        `countNgrams: a chunk of the stream is ${JSON.stringify(chunk)}, expected an array of ids. ` +
          'Of ids in one array make one chunk: countNgrams([ids], …).',
      );
    }
    checkIds(vocabulary.size, chunk, (i) => `countNgrams: position ${position + i} of the stream`);
    for (let i = 0; i < chunk.length; i++) {
      buffer[length++] = chunk[i]!;
      if (length === buffer.length) {
        pushMerged(parts, countBatch(buffer, maxBatch, order, vocabulary));
        buffer.copyWithin(0, maxBatch);
        length -= maxBatch;
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
