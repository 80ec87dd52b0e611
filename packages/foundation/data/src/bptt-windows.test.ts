import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BpttOptions, type BpttWindow, bpttPlan, bpttWindows, memoryTokens } from './index.ts';

const startId = 7;

async function windowsOf(ids: Int32Array, options: BpttOptions): Promise<BpttWindow[]> {
  const windows: BpttWindow[] = [];
  for await (const window of bpttWindows(memoryTokens(ids), options)) windows.push(window);
  return windows;
}

/** What each lane reads over the whole epoch. */
function lanes(windows: BpttWindow[], of: 'inputs' | 'targets', batchSize: number): number[][] {
  return Array.from({ length: batchSize }, (_, lane) =>
    windows.flatMap(({ time, ...window }) => [...window[of].subarray(lane * time, (lane + 1) * time)]),
  );
}

const shapes = fc.record({
  tokens: fc.integer({ min: 1, max: 60 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
  windowLength: fc.integer({ min: 1, max: 12 }),
});

describe('bpttWindows', () => {
  test('a text of 11 tokens in 2 lanes and windows of 3', async () => {
    const windows = await windowsOf(
      Int32Array.from({ length: 11 }, (_, i) => 10 + i),
      {
        batchSize: 2,
        windowLength: 3,
        startId,
      },
    );
    expect(windows.map(({ inputs, targets, time }) => [[...inputs], [...targets], time])).toEqual([
      [[7, 10, 11, 14, 15, 16], [10, 11, 12, 15, 16, 17], 3],
      [[12, 13, 17, 18], [13, 14, 18, 19], 2],
    ]);
    expect(windows.map(({ index }) => index)).toEqual([0, 1]);
    expect(bpttPlan(11, { batchSize: 2, windowLength: 3 })).toEqual({
      laneLength: 5,
      windows: 2,
      targets: 10,
      dropped: 1,
    });
  });

  test('lanes are contiguous: every token is a target once, after the token before it', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ tokens, batchSize, windowLength }) => {
        fc.pre(tokens >= batchSize);
        const ids = Int32Array.from({ length: tokens }, (_, i) => 100 + i); // all different
        const windows = await windowsOf(ids, { batchSize, windowLength, startId });
        const { dropped, targets, windows: count } = bpttPlan(tokens, { batchSize, windowLength });

        expect(dropped).toBe(tokens % batchSize);
        expect(lanes(windows, 'targets', batchSize).flat()).toEqual([...ids.subarray(0, tokens - dropped)]);
        expect(lanes(windows, 'inputs', batchSize).flat()).toEqual([
          startId,
          ...ids.subarray(0, tokens - dropped - 1),
        ]);
        expect(windows.length).toBe(count);
        expect(windows.reduce((sum, window) => sum + window.targets.length, 0)).toBe(targets);
        windows.slice(0, -1).forEach(({ time }) => {
          expect(time).toBe(windowLength);
        });
      }),
    );
  });

  test('goes on from any saved cursor as if never interrupted', async () => {
    await fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async ({ tokens, batchSize, windowLength }, some) => {
        fc.pre(tokens >= batchSize);
        const ids = Int32Array.from({ length: tokens }, (_, i) => i);
        const options = { batchSize, windowLength, startId };
        const whole = await windowsOf(ids, options);
        const at = some % whole.length;
        const cursor = JSON.parse(JSON.stringify(whole[at]!.cursor));
        expect(await windowsOf(ids, { ...options, cursor })).toEqual(whole.slice(at + 1));
      }),
    );
  });

  test('sizes that do not fit are errors', async () => {
    const ids = Int32Array.from({ length: 5 }, (_, i) => i);
    const options = { batchSize: 2, windowLength: 3, startId };
    const failing = (change: object) => expect(windowsOf(ids, { ...options, ...change })).rejects;
    await failing({ batchSize: 6 }).toThrow(
      /5 tokens are too few for batchSize 6.* Set batchSize to 5 or less/,
    );
    await failing({ batchSize: 0 }).toThrow(/`batchSize` is 0, expected a positive integer/);
    await failing({ windowLength: 1.5 }).toThrow(/`windowLength` is 1.5/);
    await failing({ startId: -1 }).toThrow(/`startId` is -1/);
    await expect(windowsOf(new Int32Array(0), options)).rejects.toThrow(
      /0 tokens are too few.* Give a longer text/,
    );
  });

  test('a source that is none, and missing options, are errors', async () => {
    const bare = bpttWindows as unknown as (...given: unknown[]) => AsyncGenerator<unknown>;
    await expect(bare(memoryTokens(Int32Array.of(1, 2))).next()).rejects.toThrow(
      'bpttWindows: the options are undefined, expected { batchSize, windowLength, startId }',
    );
    const options = { batchSize: 1, windowLength: 1, startId: 0 };
    await expect(bare(Int32Array.of(1, 2), options).next()).rejects.toThrow('memoryTokens(ids) makes one');
    await expect(bare(undefined, options).next()).rejects.toThrow('the source has no `read`');
  });

  test('a cursor of another text, shape or place is an error', async () => {
    const ids = Int32Array.from({ length: 12 }, (_, i) => i);
    const options = { batchSize: 2, windowLength: 3, startId };
    const cursor = { tokens: 12, batchSize: 2, windowLength: 3, nextWindow: 1 };
    const failing = (change: object) =>
      expect(windowsOf(ids, { ...options, cursor: { ...cursor, ...change } })).rejects;
    await failing({ tokens: 13 }).toThrow(/the cursor was saved with `tokens` 13, but here it is 12/);
    await failing({ batchSize: 3 }).toThrow(/`batchSize` 3, but here it is 2/);
    await failing({ windowLength: 4 }).toThrow(/`windowLength` 4/);
    await failing({ nextWindow: 3 }).toThrow(/`nextWindow` is 3, expected an integer from 0 to 2/);
    await failing({ nextWindow: '1' }).toThrow(/`nextWindow` is 1, expected/);
  });
});
