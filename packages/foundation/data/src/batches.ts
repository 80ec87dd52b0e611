import { checkSize } from './check-size.ts';
import { DataError } from './data-error.ts';
import type { Random } from './random.ts';
import { requireOptions } from './require-options.ts';
import { shuffledOrder } from './shuffled-order.ts';

export type BatchShape = {
  /** The most items of a batch. */
  batchSize?: number | undefined;
  /**
   * The most tokens of a batch, padding counted: its items times the longest of them. Items of like length come together.
   * An item that alone is longer is a batch of its own.
   */
  tokenBudget?: number | undefined;
};

/** A place between two batches of an epoch, as plain JSON; it fits the same items and shape only. */
export type BatchCursor = {
  items: number;
  /** The sum of all lengths. */
  tokens: number;
  batchSize: number | null;
  tokenBudget: number | null;
  /** What the order of this epoch comes from; null for items in their own order. */
  seed: number | null;
  /** The batch that comes next. */
  nextBatch: number;
};

export type BatchOptions = BatchShape & {
  /** Shuffles the epoch; one number is drawn. In their own order unless told. */
  random?: Random | undefined;
  /** Where to go on; it brings its own order, and nothing is drawn. */
  cursor?: BatchCursor | undefined;
};

export type Batch = {
  /** Indices of the items. */
  items: Int32Array;
  /** The length of the longest: the time steps to pad to. */
  longest: number;
  /** 0 for the first batch of an epoch. */
  index: number;
  /** Batches of the epoch. */
  count: number;
  /** The place after this batch: save it with the parameters, and pass it on to continue exactly. */
  cursor: BatchCursor;
};

/**
 * One epoch of batches: every item once. With a token budget, items of like length are put together (shuffled, ordered by
 * length, cut, and the batches shuffled again: Vaswani et al. 2017, section 5.1), so that little is padded; otherwise they are cut
 * in order.
 *
 * @param lengths  of each item, in tokens or frames: what is padded
 * @throws RangeError for a missing or wrong shape or a cursor of other data, DataError for a length that is no whole number;
 *   at the first batch
 */
export function* batches(
  lengths: ArrayLike<number>,
  options: BatchOptions,
): Generator<Batch, void, undefined> {
  requireOptions('batches', options, '{ batchSize } or { tokenBudget }');
  const { batchSize, tokenBudget, random, cursor } = options;
  if (batchSize === undefined && tokenBudget === undefined) {
    throw new RangeError(
      'batches: neither `batchSize` nor `tokenBudget` is given. Say how much a batch may hold.',
    );
  }
  if (batchSize !== undefined) checkSize('batches', 'batchSize', batchSize);
  if (tokenBudget !== undefined) checkSize('batches', 'tokenBudget', tokenBudget);
  const here = {
    items: lengths.length,
    tokens: totalLength(lengths),
    batchSize: batchSize ?? null,
    tokenBudget: tokenBudget ?? null,
  };
  if (cursor !== undefined) checkCursor(cursor, here);
  const seed = cursor === undefined ? (random?.integer(2 ** 32) ?? null) : cursor.seed;

  const plan = cutInBatches(lengths, batchSize ?? lengths.length, tokenBudget, seed);
  const start = cursor?.nextBatch ?? 0;
  if (start > plan.length) {
    throw new RangeError(`batches: the cursor's \`nextBatch\` is ${start}, expected 0 to ${plan.length}.`);
  }
  for (let index = start; index < plan.length; index++) {
    const items = plan[index]!.slice();
    const longest = items.reduce((most, item) => Math.max(most, lengths[item]!), 0);
    yield { items, longest, index, count: plan.length, cursor: { ...here, seed, nextBatch: index + 1 } };
  }
}

function cutInBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  tokenBudget: number | undefined,
  seed: number | null,
): Int32Array[] {
  const order =
    seed === null
      ? Int32Array.from({ length: lengths.length }, (_, i) => i)
      : shuffledOrder(lengths.length, seed);
  // Typed arrays sort stably: items of one length stay shuffled.
  if (tokenBudget !== undefined) order.sort((a, b) => lengths[a]! - lengths[b]!);
  const plan: Int32Array[] = [];
  let start = 0;
  for (let i = 0; i < order.length; i++) {
    const count = i - start + 1;
    // In order of length, the newest is the longest.
    const isFull =
      count > batchSize || count * lengths[order[i]!]! > (tokenBudget ?? Number.POSITIVE_INFINITY);
    if (!isFull || count === 1) continue;
    plan.push(order.subarray(start, i));
    start = i;
  }
  if (start < order.length) plan.push(order.subarray(start));
  if (seed === null || tokenBudget === undefined) return plan;
  // Another order than that of the items, from the same seed.
  return [...shuffledOrder(plan.length, ~seed >>> 0)].map((index) => plan[index]!);
}

function totalLength(lengths: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < lengths.length; i++) {
    const length = lengths[i]!;
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new DataError(
        `batches: the length of item ${i} is ${length}, expected a whole number, 0 or more.`,
      );
    }
    total += length;
  }
  return total;
}

function checkCursor(cursor: BatchCursor, here: Omit<BatchCursor, 'seed' | 'nextBatch'>): void {
  for (const name of ['items', 'tokens', 'batchSize', 'tokenBudget'] as const) {
    if (cursor[name] === here[name]) continue;
    throw new RangeError(
      `batches: the cursor was saved with \`${name}\` ${cursor[name]}, but here it is ${here[name]}. ` +
        'Continue with the same items and sizes, or start the epoch anew.',
    );
  }
  const { nextBatch, seed } = cursor;
  if (!Number.isSafeInteger(nextBatch) || nextBatch < 0) {
    throw new RangeError(
      `batches: the cursor's \`nextBatch\` is ${nextBatch}, expected a whole number, 0 or more.`,
    );
  }
  if (seed !== null && seed >>> 0 !== seed) {
    throw new RangeError(
      `batches: the cursor's \`seed\` is ${seed}, expected an unsigned 32-bit integer or null.`,
    );
  }
}
