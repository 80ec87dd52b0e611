import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { benchmarks } from './benchmarks/index.mjs';
import { contestants } from './contestants.mjs';
import { units } from './units.mjs';

test('every file is in the index', () => {
  const files = readdirSync(new URL('./benchmarks', import.meta.url)).map((file) => file.replace('.mjs', ''));
  expect(Object.keys(benchmarks).sort()).toEqual(files.filter((file) => file !== 'index').sort());
});

test.each(Object.keys(benchmarks))('%s names contestants, units and entries that exist', async (name) => {
  const { default: benchmark } = await benchmarks[name]!();
  const ids = benchmark.entries.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(units).toHaveProperty(benchmark.unit);
  for (const { contestant, compareWith } of benchmark.entries) {
    expect(contestants).toHaveProperty([contestant]);
    if (compareWith) expect(ids).toContain(compareWith);
  }
  for (const { of, per = of } of benchmark.goals ?? [])
    expect(ids).toEqual(expect.arrayContaining([of, per]));
  for (const { of, against } of benchmark.ratios) {
    for (const id of [of, against].flat()) expect(ids).toContain(id);
  }
});
