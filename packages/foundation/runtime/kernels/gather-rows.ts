/**
 * target[i, :] = source[index[i], :].
 *
 * @returns the first i whose index is no row of the source, where it stops; −1 where there is none
 */
export function gatherRows(target: usize, source: usize, index: usize, count: i32, width: i32, rows: i32): i32 {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++) {
    const row = load<i32>(index + (<usize>i << 2));
    if (<u32>row >= <u32>rows) return i;
    memory.copy(target, source + <usize>row * bytes, bytes);
    target += bytes;
  }
  return -1;
}
