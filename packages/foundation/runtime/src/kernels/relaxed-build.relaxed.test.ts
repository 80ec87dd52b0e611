import { expect, test } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { kernelBuilds } from './kernels.test-kit.ts';

test('an engine with relaxed SIMD runs the relaxed build, and the tests beside this one run both', async () => {
  expect(await startRuntime()).toMatchObject({ kernels: 'relaxed' });
  expect(await kernelBuilds()).toEqual(['plain', 'relaxed']);
});
