import { expect, test } from 'vitest';
import { gatherDeclarations } from './declarations-text.ts';

test('gathers the declarations of ECMAScript, oldest edition first, under one licence', async () => {
  const text = await gatherDeclarations();
  expect(text.length).toBeGreaterThan(300_000);
  expect(text.length).toBeLessThanOrEqual(1_000_000);
  const [array, map] = [text.indexOf('interface Array<T>'), text.indexOf('interface Map<K, V>')];
  expect(array).toBeGreaterThan(0);
  expect(map).toBeGreaterThan(array);
  expect(text.match(/Licensed under the Apache License/g)).toHaveLength(1);
});
