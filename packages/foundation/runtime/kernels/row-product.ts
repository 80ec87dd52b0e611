// y = x · B for a few rows x, one after the other, against a B that was laid out once: what streams spend their time on. B lies in
// panels of 32 columns, depth running slowest, so that a row reads it from end to end and keeps its sums in eight registers.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/** Floats of a `depth` × `columns` matrix in panels. */
export function panelsSize(depth: i32, columns: i32): i32 {
  return depth * ((columns + 31) & ~31);
}

/** Lays out a matrix whose rows follow each other; columns past the edge are zeros. */
export function packPanels(target: usize, source: usize, depth: i32, columns: i32): void {
  const row = <usize>columns << 2;
  for (let j = 0; j < columns; j += 32) {
    let from = source + (<usize>j << 2);
    for (let k = 0; k < depth; k++) {
      for (let lane = 0; lane < 32; lane += 4) {
        const left = columns - j - lane;
        v128.store(target, left > 0 ? loadLanes(from + (<usize>lane << 2), left) : f32x4.splat(0));
        target += 16;
      }
      from += row;
    }
  }
}

// @ts-expect-error: decorator
@inline
export function put(y: usize, v: v128, columns: i32, accumulate: bool): void {
  if (columns <= 0) return;
  storeLanes(y, accumulate ? f32x4.add(loadLanes(y, columns), v) : v, columns);
}

/** One row against one panel, of which `columns` (from 1) are written. */
function multiplyPanel(y: usize, columns: i32, x: usize, panel: usize, depth: i32, accumulate: bool): void {
  let v0 = f32x4.splat(0), v1 = v0, v2 = v0, v3 = v0, v4 = v0, v5 = v0, v6 = v0, v7 = v0;
  const end = x + (<usize>depth << 2);
  while (x < end) {
    const s = v128.load32_splat(x);
    v0 = multiplyAdd(s, v128.load(panel), v0);
    v1 = multiplyAdd(s, v128.load(panel, 16), v1);
    v2 = multiplyAdd(s, v128.load(panel, 32), v2);
    v3 = multiplyAdd(s, v128.load(panel, 48), v3);
    // Never: V8 puts all loads of a block first, and eight beside eight sums would not fit its fifteen registers.
    if (panel == 0) break;
    v4 = multiplyAdd(s, v128.load(panel, 64), v4);
    v5 = multiplyAdd(s, v128.load(panel, 80), v5);
    v6 = multiplyAdd(s, v128.load(panel, 96), v6);
    v7 = multiplyAdd(s, v128.load(panel, 112), v7);
    panel += 128;
    x += 4;
  }
  put(y, v0, columns, accumulate);
  put(y + 16, v1, columns - 4, accumulate);
  put(y + 32, v2, columns - 8, accumulate);
  put(y + 48, v3, columns - 12, accumulate);
  put(y + 64, v4, columns - 16, accumulate);
  put(y + 80, v5, columns - 20, accumulate);
  put(y + 96, v6, columns - 24, accumulate);
  put(y + 112, v7, columns - 28, accumulate);
}

/** y[rows, columns] (+)= x[rows, depth] · B. A panel that one row has read, the next one finds in the first-level cache. */
export function multiplyPanels(
  y: usize, x: usize, panels: usize, rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const xBytes = <usize>depth << 2;
  const yBytes = <usize>columns << 2;
  for (let j = 0; j < columns; j += 32) {
    for (let i: usize = 0; i < <usize>rows; i++) {
      multiplyPanel(y + i * yBytes + (<usize>j << 2), columns - j, x + i * xBytes, panels, depth, accumulate);
    }
    panels += <usize>depth << 7;
  }
}
