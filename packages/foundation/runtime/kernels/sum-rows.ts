import { loadLanes, storeLanes } from './vector';

/** target[j] = Σ source[i, j] over all rows; four rows are added up before they join the sum, which is faster and more exact. */
export function sumRows(target: usize, source: usize, rows: i32, width: i32): void {
  const row = <usize>width << 2;
  memory.fill(target, 0, row);
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    for (let j = 0; j < width; j += 4) {
      const at = source + (<usize>j << 2);
      const to = target + (<usize>j << 2);
      const n = width - j;
      const low = f32x4.add(loadLanes(at, n), loadLanes(at + row, n));
      const high = f32x4.add(loadLanes(at + 2 * row, n), loadLanes(at + 3 * row, n));
      storeLanes(to, f32x4.add(loadLanes(to, n), f32x4.add(low, high)), n);
    }
    source += 4 * row;
  }
  for (; i < rows; i++) {
    for (let j = 0; j < width; j += 4) {
      const to = target + (<usize>j << 2);
      const n = width - j;
      storeLanes(to, f32x4.add(loadLanes(to, n), loadLanes(source + (<usize>j << 2), n)), n);
    }
    source += row;
  }
}
