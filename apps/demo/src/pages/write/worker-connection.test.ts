import { expect, test } from 'vitest';
import { openWorker } from './worker-connection.ts';

test('where there are no workers, as in Node, the page says so', () => {
  const { store, close } = openWorker();
  expect(store.phase.value).toBe('broken');
  expect(store.error.value).toMatch(/starts no workers.*Try a newer browser/);
  close();
});
