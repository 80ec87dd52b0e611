import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startContestant } from './contestant.mjs';

const start = (...words: string[]) =>
  startContestant({
    command: process.execPath,
    words: [fileURLToPath(new URL('./counting.test-kit.mjs', import.meta.url)), ...words],
  });

test('prepares, shows its numbers and runs rounds of at least the wanted length', async () => {
  const contestant = await start();
  expect(contestant.title).toBe('counting');
  expect(await contestant.prepare({ kind: 'sleep', milliseconds: 5 })).toEqual({ slept: [5] });
  expect(await contestant.prepare({ kind: 'sleep', milliseconds: 10 })).toEqual({ slept: [10] });
  // A run sleeps for so long at least, whatever the machine does meanwhile.
  expect(await contestant.round(0, 0.02)).toBeGreaterThan(0.0045);
  expect(await contestant.round(1, 0.02)).toBeGreaterThan(0.0095);
  await contestant.stop();
});

test('what goes wrong is told, and the contestant goes on', async () => {
  const contestant = await start();
  await expect(contestant.prepare({ kind: 'dance' })).rejects.toThrow('cannot do dance');
  await expect(contestant.prepare({ kind: 'fail' })).rejects.toThrow('no weights');
  expect(await contestant.prepare({ kind: 'sleep', milliseconds: 1 })).toEqual({ slept: [1] });
  await contestant.stop();
});

test('a process that ends says why', async () => {
  await expect(start('--broken')).rejects.toThrow('ended with status 1: this machine has no such thing');
  await expect(startContestant({ command: 'no-such-command-here', words: [] })).rejects.toThrow('ENOENT');
});
