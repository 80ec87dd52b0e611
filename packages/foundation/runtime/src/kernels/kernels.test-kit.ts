import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { startRuntime } from '../start-runtime.ts';
import { lineBytes, wholeLines } from './heap.ts';
import { registerKernels } from './index.ts';

/** The builds this engine can run: `relaxed` is missing in Node 20 without its flag. */
export async function kernelBuilds(): Promise<('plain' | 'relaxed')[]> {
  const { kernels } = await startRuntime();
  expect(kernels).not.toBe('none');
  return kernels === 'relaxed' ? ['plain', 'relaxed'] : ['plain'];
}

/** Puts one build in the place of the other. */
export async function useBuild(build: 'plain' | 'relaxed'): Promise<void> {
  expect(await registerKernels(tf.backend() as BackendWasm, { deterministic: build === 'plain' })).toBe(
    build,
  );
}

/** A small deterministic generator (mulberry32), uniform on [-1, 1). */
export function generator(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export const noise = (size: number, next: () => number): Float32Array =>
  Float32Array.from({ length: size }, next);

/** The largest absolute difference; infinite where a number is NaN. */
export function worstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  }
  return worst;
}

/** Within `tolerance` of the largest expected magnitude, or of one. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what = 'values',
): void {
  const scale = Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  expect(worstDifference(actual, expected) / scale, what).toBeLessThan(tolerance);
}

const GUARD_BYTES = lineBytes;
const GUARD = 0xa5;

/**
 * Runs `work` on a heap where every block that is allocated, tensor and scratch alike, lies between guard bytes and is
 * filled with NaN: a stray write breaks a guard, and a read of what was not written shows in the results. Twice, for scratch
 * moves up to the next line of the caches: of blocks that begin at one it begins at a guard, of those 8 bytes behind it ends at
 * one.
 */
export function withGuardedHeap(work: () => void): void {
  for (const pastLine of [0, 8]) onGuardedHeap(pastLine, work);
}

function onGuardedHeap(pastLine: number, work: () => void): void {
  const heap = (tf.backend() as BackendWasm).wasm as unknown as {
    HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  const { _malloc: malloc, _free: free } = heap;
  const blocks = new Map<number, { block: number; bytes: number }>();
  const broken: string[] = [];
  const check = (address: number, bytes: number): void => {
    const before = heap.HEAPU8.subarray(address - GUARD_BYTES, address);
    const after = heap.HEAPU8.subarray(address + bytes, address + bytes + GUARD_BYTES);
    if (before.some((byte) => byte !== GUARD)) broken.push(`before a block of ${bytes} bytes`);
    if (after.some((byte) => byte !== GUARD)) broken.push(`after a block of ${bytes} bytes`);
  };
  heap._malloc = (bytes) => {
    const block = malloc(bytes + 4 * GUARD_BYTES);
    const address = wholeLines(block + GUARD_BYTES) + pastLine;
    heap.HEAPU8.fill(GUARD, address - GUARD_BYTES, address + bytes + GUARD_BYTES);
    heap.HEAPU8.fill(0xff, address, address + bytes);
    blocks.set(address, { block, bytes });
    return address;
  };
  heap._free = (address) => {
    const guarded = blocks.get(address);
    if (guarded === undefined) return free(address);
    check(address, guarded.bytes);
    blocks.delete(address);
    free(guarded.block);
  };
  try {
    work();
    for (const [address, { bytes }] of blocks) check(address, bytes);
    expect(broken).toEqual([]);
    expect(blocks.size, 'blocks left behind').toBe(0);
  } finally {
    heap._malloc = malloc;
    heap._free = free;
  }
}
