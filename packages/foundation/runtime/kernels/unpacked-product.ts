// y = x · B for a B that is used too seldom to be packed.

import { loadLanes, multiplyAdd, storeLanes, sumLanes } from './vector';

/** y += s0 b0 + s1 b1 + s2 b2 + s3 b3 over four rows of B that follow each other. */
function addFourRows(y: usize, columns: i32, s0: v128, s1: v128, s2: v128, s3: v128, b0: usize, row: usize): void {
  let b1 = b0 + row, b2 = b1 + row, b3 = b2 + row;
  for (const end = y + (<usize>(columns & ~7) << 2); y < end; y += 32) {
    let low = multiplyAdd(s0, v128.load(b0), v128.load(y));
    let high = multiplyAdd(s0, v128.load(b0, 16), v128.load(y, 16));
    low = multiplyAdd(s1, v128.load(b1), low);
    high = multiplyAdd(s1, v128.load(b1, 16), high);
    low = multiplyAdd(s2, v128.load(b2), low);
    high = multiplyAdd(s2, v128.load(b2, 16), high);
    v128.store(y, multiplyAdd(s3, v128.load(b3), low));
    v128.store(y, multiplyAdd(s3, v128.load(b3, 16), high), 16);
    b0 += 32;
    b1 += 32;
    b2 += 32;
    b3 += 32;
  }
  for (let n = columns & 7; n > 0; n -= 4) {
    let v = multiplyAdd(s0, loadLanes(b0, n), loadLanes(y, n));
    v = multiplyAdd(s1, loadLanes(b1, n), v);
    v = multiplyAdd(s2, loadLanes(b2, n), v);
    storeLanes(y, multiplyAdd(s3, loadLanes(b3, n), v), n);
    y += 16;
    b0 += 16;
    b1 += 16;
    b2 += 16;
    b3 += 16;
  }
}

/**
 * y[columns] (+)= x[depth] · B for a B whose rows are contiguous: streams B once from end to end, unpacked, with y in the
 * first-level cache. Blocks of columns would miss the prefetcher and take half as long again.
 */
export function multiplyRow(
  y: usize, x: usize, xStride: i32, b: usize, bRowStride: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const xBytes = <usize>xStride << 2;
  const row = <usize>bRowStride << 2;
  if (!accumulate) memory.fill(y, 0, <usize>columns << 2);
  let k = 0;
  for (; k + 4 <= depth; k += 4) {
    const s0 = v128.load32_splat(x), s1 = v128.load32_splat(x + xBytes);
    const s2 = v128.load32_splat(x + 2 * xBytes), s3 = v128.load32_splat(x + 3 * xBytes);
    addFourRows(y, columns, s0, s1, s2, s3, b, row);
    x += 4 * xBytes;
    b += 4 * row;
  }
  for (; k < depth; k++) {
    const s = v128.load32_splat(x);
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j << 2;
      storeLanes(y + at, multiplyAdd(s, loadLanes(b + at, columns - j), loadLanes(y + at, columns - j)), columns - j);
    }
    x += xBytes;
    b += row;
  }
}

/** y[columns] (+)= x[depth] · B for a B whose columns are contiguous: four dot products at a time. */
export function multiplyRowByColumns(
  y: usize, x: usize, b: usize, bColumnStride: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const column = <usize>bColumnStride << 2;
  const wide = <usize>(depth & ~3) << 2;
  const bytes = <usize>depth << 2;
  for (let j = 0; j < columns; j += 4) {
    // Past the edge the last column is read again: the result is dropped.
    const b0 = b + <usize>j * column;
    const b1 = b + <usize>min(j + 1, columns - 1) * column;
    const b2 = b + <usize>min(j + 2, columns - 1) * column;
    const b3 = b + <usize>min(j + 3, columns - 1) * column;
    let v0 = f32x4.splat(0), v1 = v0, v2 = v0, v3 = v0;
    for (let k: usize = 0; k < wide; k += 16) {
      const v = v128.load(x + k);
      v0 = multiplyAdd(v, v128.load(b0 + k), v0);
      v1 = multiplyAdd(v, v128.load(b1 + k), v1);
      v2 = multiplyAdd(v, v128.load(b2 + k), v2);
      v3 = multiplyAdd(v, v128.load(b3 + k), v3);
    }
    let s0 = sumLanes(v0), s1 = sumLanes(v1), s2 = sumLanes(v2), s3 = sumLanes(v3);
    for (let k = wide; k < bytes; k += 4) {
      const v = load<f32>(x + k);
      s0 += v * load<f32>(b0 + k);
      s1 += v * load<f32>(b1 + k);
      s2 += v * load<f32>(b2 + k);
      s3 += v * load<f32>(b3 + k);
    }
    let sums = f32x4.replace_lane(f32x4.replace_lane(f32x4.splat(s0), 1, s1), 2, s2);
    sums = f32x4.replace_lane(sums, 3, s3);
    const to = y + (<usize>j << 2);
    storeLanes(to, accumulate ? f32x4.add(sums, loadLanes(to, columns - j)) : sums, columns - j);
  }
}
