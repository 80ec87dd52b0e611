import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { withOutputFolder } from './output-folder.ts';

test('of many that fail side by side each says its own failure, though they take the folder from each other', async () => {
  const root = mkdtempSync(join(tmpdir(), 'ostinato-output-'));
  const folder = join(root, 'new');
  const failure = new Error('its own');
  const fails = async (turns: number) => {
    for (let i = 0; i < turns; i++) await setImmediate();
    throw failure;
  };
  try {
    for (let round = 0; round < 50; round++) {
      const ends = await Promise.allSettled(
        Array.from({ length: 8 }, (_, i) => withOutputFolder(folder, () => fails((i + round) % 5))),
      );
      expect(ends).toEqual(ends.map(() => ({ status: 'rejected', reason: failure })));
    }
    expect(existsSync(folder)).toBe(false);
  } finally {
    rmSync(root, { recursive: true });
  }
});
