import { DataError } from './data-error.ts';
import { requireOptions } from './require-options.ts';
import type { TokenSource } from './token-source.ts';

export type BpttShape = {
  /** How many lanes the text is cut in: rows that are learned side by side. */
  batchSize: number;
  /** Time steps of a window; the last one of an epoch may be shorter. */
  windowLength: number;
};

/** A place between two windows, as plain JSON; it fits the same source and shape only. */
export type BpttCursor = BpttShape & {
  /** Tokens of the source. */
  tokens: number;
  /** The window that comes next. */
  nextWindow: number;
};

export type BpttOptions = BpttShape & {
  /** The context of the very first token. */
  startId: number;
  /** Where to go on; from the beginning unless told. */
  cursor?: BpttCursor;
};

export type BpttWindow = {
  /** [batch, time], row-major: the token before each target. */
  inputs: Int32Array;
  /** [batch, time], row-major: the tokens to predict. */
  targets: Int32Array;
  batchSize: number;
  time: number;
  /** 0 for the first window of an epoch: begin with a zero state there; else carry the last window's. */
  index: number;
  /** The place after this window: save it with the state, and pass it on to continue exactly. */
  cursor: BpttCursor;
};

export type BpttPlan = {
  /** Tokens of a lane. */
  laneLength: number;
  /** Windows of an epoch. */
  windows: number;
  /** Targets of an epoch: batchSize · laneLength. */
  targets: number;
  /** Tokens at the end of the text that no lane has: fewer than batchSize. */
  dropped: number;
};

/**
 * What an epoch of `bpttWindows` consists of.
 * @throws RangeError if a size is no positive integer, DataError if there are fewer tokens than lanes
 */
export function bpttPlan(tokens: number, { batchSize, windowLength }: BpttShape): BpttPlan {
  for (const [name, size] of Object.entries({ batchSize, windowLength })) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw new RangeError(`bpttWindows: \`${name}\` is ${size}, expected a positive integer.`);
    }
  }
  const laneLength = Math.floor(tokens / batchSize);
  if (laneLength === 0) {
    const remedy = tokens > 0 ? `Set batchSize to ${tokens} or less, or give` : 'Give';
    throw new DataError(
      `bpttWindows: ${tokens} tokens are too few for batchSize ${batchSize}, which needs one in each lane. ` +
        `${remedy} a longer text.`,
    );
  }
  return {
    laneLength,
    windows: Math.ceil(laneLength / windowLength),
    targets: laneLength * batchSize,
    dropped: tokens - laneLength * batchSize,
  };
}

/**
 * One epoch of windows for truncated back-propagation through time (Williams and Peng 1990,
 * https://doi.org/10.1162/neco.1990.2.4.490). The text is cut in `batchSize` contiguous lanes of equal length,
 * and the windows run along them, so that the state after one window is the state before the next.
 *
 * Every token is a target once, but for the last `length mod batchSize` ones, which no lane has (none with
 * batchSize 1). The context of a lane's first token is the token before it; of the text's first, `startId`.
 *
 * @throws RangeError or DataError, at the first window, if the source is none, the sizes do not fit it (see `bpttPlan`) or
 *   the cursor was saved for others
 */
export async function* bpttWindows(
  source: TokenSource,
  options: BpttOptions,
): AsyncGenerator<BpttWindow, void, undefined> {
  requireOptions('bpttWindows', options, '{ batchSize, windowLength, startId }');
  if (typeof source?.read !== 'function') {
    throw new RangeError(
      'bpttWindows: the source has no `read`, expected { length, read }. memoryTokens(ids) makes one of an Int32Array.',
    );
  }
  const { batchSize, windowLength, startId, cursor } = options;
  const { laneLength, windows } = bpttPlan(source.length, { batchSize, windowLength });
  const here = { tokens: source.length, batchSize, windowLength };
  checkStart(startId);
  if (cursor !== undefined) checkCursor(cursor, here, windows);

  for (let index = cursor?.nextWindow ?? 0; index < windows; index++) {
    const begin = index * windowLength;
    const time = Math.min(windowLength, laneLength - begin);
    const inputs = new Int32Array(batchSize * time);
    const targets = new Int32Array(batchSize * time);
    const rows = Array.from({ length: batchSize }, (_, lane) => {
      const first = lane * laneLength + begin;
      return source.read(Math.max(first - 1, 0), first + time);
    });
    (await Promise.all(rows)).forEach((row, lane) => {
      // Only the text's first token has none before it in the row.
      const isTextStart = lane === 0 && begin === 0;
      if (isTextStart) inputs[0] = startId;
      inputs.set(row.subarray(0, isTextStart ? time - 1 : time), lane * time + (isTextStart ? 1 : 0));
      targets.set(isTextStart ? row : row.subarray(1), lane * time);
    });
    yield { inputs, targets, batchSize, time, index, cursor: { ...here, nextWindow: index + 1 } };
  }
}

function checkStart(startId: number): void {
  if (Number.isInteger(startId) && startId >= 0) return;
  throw new RangeError(
    `bpttWindows: \`startId\` is ${startId}, expected a token id. Pass the vocabulary's id of its start token.`,
  );
}

function checkCursor(cursor: BpttCursor, here: Omit<BpttCursor, 'nextWindow'>, windows: number): void {
  for (const name of ['tokens', 'batchSize', 'windowLength'] as const) {
    if (cursor[name] !== here[name]) {
      throw new RangeError(
        `bpttWindows: the cursor was saved with \`${name}\` ${cursor[name]}, but here it is ${here[name]}. ` +
          'Continue with the same text and sizes, or start the epoch anew.',
      );
    }
  }
  const { nextWindow } = cursor;
  if (!Number.isInteger(nextWindow) || nextWindow < 0 || nextWindow > windows) {
    throw new RangeError(
      `bpttWindows: the cursor's \`nextWindow\` is ${nextWindow}, expected an integer from 0 to ${windows}.`,
    );
  }
}
