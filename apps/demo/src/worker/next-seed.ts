export const highestSeed = 2 ** 31;

/** The seed of the sample after this one; after the highest it begins again. */
export function nextSeed(seed: number): number {
  return seed >= highestSeed ? 0 : seed + 1;
}
