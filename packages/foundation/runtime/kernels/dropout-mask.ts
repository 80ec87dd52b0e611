/**
 * mask[i] = 0 where the generator's next number is below `threshold` (0 to 2³²), else `kept`. `state` holds the four words of
 * sfc32 (Doty-Humphrey), and afterwards where it stands: the numbers are those of `createRng` in TypeScript.
 */
export function dropoutMask(mask: usize, state: usize, size: i32, threshold: f64, kept: f32): void {
  let a = load<u32>(state), b = load<u32>(state, 4), c = load<u32>(state, 8), counter = load<u32>(state, 12);
  const limit = <u64>threshold;
  const bits = reinterpret<u32>(kept);
  const end = mask + (<usize>size << 2);
  for (; mask < end; mask += 4) {
    const sum = a + b + counter++;
    a = b ^ (b >> 9);
    b = c + (c << 3);
    c = rotl(c, 21) + sum;
    store<u32>(mask, select(0, bits, <u64>sum < limit));
  }
  store<u32>(state, a);
  store<u32>(state, b, 4);
  store<u32>(state, c, 8);
  store<u32>(state, counter, 12);
}
