/**
 * The numbers 0 to length − 1 in an order that the seed decides: Fisher and Yates's shuffle (Durstenfeld 1964). It draws from
 * a generator of its own, so that a saved seed brings the order back whatever else has been drawn since.
 *
 * @param seed  an unsigned 32-bit integer
 */
export function shuffledOrder(length: number, seed: number): Int32Array {
  const order = Int32Array.from({ length }, (_, i) => i);
  const draw = splitMix32(seed);
  for (let i = length - 1; i > 0; i--) {
    const bound = i + 1;
    // The last, incomplete run of `bound` numbers below 2³² would favour the small ones: draw again.
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let number = draw();
    while (number >= limit) number = draw();
    const j = number % bound;
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** A Weyl sequence through the finalizer of MurmurHash3, as SplitMix does (Steele, Lea and Flood 2014), in 32 bits. */
function splitMix32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
