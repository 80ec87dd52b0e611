import { loadLanes, storeLanes, sumLanes } from './vector';

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

/** Floats that are added up before they join a sum in double precision: the error grows with their number alone. */
const SUM_BLOCK: i32 = 1024;

/** target[i] = Σ source[i, j] over all columns. */
export function rowSums(target: usize, source: usize, rows: i32, width: i32): void {
  for (let i = 0; i < rows; i++) {
    let sum: f64 = 0;
    for (let j = 0; j < width; j += SUM_BLOCK) {
      const size = min(SUM_BLOCK, width - j);
      let a = f32x4.splat(0), b = a, c = a, d = a;
      const wide = source + (<usize>(size & ~15) << 2);
      while (source < wide) {
        a = f32x4.add(a, v128.load(source));
        b = f32x4.add(b, v128.load(source, 16));
        c = f32x4.add(c, v128.load(source, 32));
        d = f32x4.add(d, v128.load(source, 48));
        source += 64;
      }
      for (let n = size & 15; n > 0; n -= 4) {
        a = f32x4.add(a, loadLanes(source, n));
        source += <usize>min(n, 4) << 2;
      }
      sum += <f64>sumLanes(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)));
    }
    store<f32>(target + (<usize>i << 2), <f32>sum);
  }
}
