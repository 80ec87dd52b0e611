import '@ostinato/test-kit';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { composedMask, dropoutMask } from './dropout-mask.ts';
import { kernelBuilds, useBuild } from './kernels/kernels.test-kit.ts';
import { createRng, type Rng, restoreRng } from './rng.ts';

const builds = await kernelBuilds();

describe.each(builds)('%s build', (build) => {
  beforeAll(() => useBuild(build));

  test('zeroes the share it was told to, and keeps the mean', () => {
    const values = [...dropoutMask(createRng(1), [100, 200], 0.25).dataSync()];
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    // 20,000 draws: the share has a standard error of √(0.25 · 0.75 / 20,000) = 0.003
    expect(Math.abs(values.filter((value) => value === 0).length / values.length - 0.25)).toBeLessThan(0.013);
  });

  test('the ends: nothing dropped, everything dropped, nothing else', () => {
    expect(dropoutMask(createRng(1), [4], 0)).toBeAllClose([1, 1, 1, 1]);
    expect(dropoutMask(createRng(1), [4], 1)).toBeAllClose([0, 0, 0, 0]);
    expect(() => dropoutMask(createRng(1), [4], 1.1)).toThrow('`rate` is 1.1');
  });

  test('the kernel draws the bits of the generator, and leaves it where the drawing leaves it', () => {
    const word = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const rates = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.5, 1));
    const sizes = fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 });
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), rates, sizes, (state, rate, shape) => {
        const [fused, plain] = [restoreRng(state), restoreRng(state)];
        const mask = dropoutMask(fused, shape as [number], rate);
        const kept = rate < 1 ? 1 / (1 - rate) : 0;
        const expected = composedMask(plain, shape as [number], Math.round(rate * 2 ** 32), kept);
        expect(mask.shape).toEqual(shape);
        expect([...mask.dataSync()]).toEqual([...expected.dataSync()]);
        expect(fused.state()).toEqual(plain.state());
        expect(fused.uint32()).toBe(plain.uint32());
        mask.dispose();
        expected.dispose();
      }),
    );
  });
});

test('another kind of generator is asked number by number', () => {
  let draws = 0;
  const rng = { ...createRng(1), uint32: () => (draws++ % 2) * 2 ** 31 } as Rng;
  expect(dropoutMask(rng, [4], 0.5)).toBeAllClose([0, 2, 0, 2]);
  expect(draws).toBe(4);
});
