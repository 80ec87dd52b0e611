import type { Random } from './random.ts';

/** A linear congruential generator (Knuth's MMIX constants, 64 bits): enough to draw examples from in tests. */
export function testRandom(seed: number): Random {
  let state = BigInt(seed);
  const uniform = () => {
    state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffff_ffff_ffff_ffffn;
    return Number(state >> 11n) / 2 ** 53;
  };
  return { uniform, integer: (bound) => Math.floor(uniform() * bound) };
}
