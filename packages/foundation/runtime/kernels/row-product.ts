// y = x · B for a few rows x, one after the other, against a B that was laid out once: what streams spend their time on. B lies in
// panels of 16 columns, depth running slowest. A row reads two of them at once, half of B apart, and keeps its sums in eight
// registers: the processor fetches two long stretches a fifth quicker than one.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/** Panels in each half of B. */
function panelPairs(columns: i32): i32 {
  return (columns + 31) >> 5;
}

/** Floats of a `depth` × `columns` matrix in panels. */
export function panelsSize(depth: i32, columns: i32): i32 {
  return depth * 32 * panelPairs(columns);
}

/** Lays out a matrix whose rows follow each other; columns past the edge are zeros. */
export function packPanels(target: usize, source: usize, depth: i32, columns: i32): void {
  const row = <usize>columns << 2;
  for (let j = 0; j < 32 * panelPairs(columns); j += 16) {
    let from = source + (<usize>j << 2);
    for (let k = 0; k < depth; k++) {
      for (let lane = 0; lane < 16; lane += 4) {
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

/** One row against a panel and the one whose columns begin `half` later; `columns` are left from the first one's on. */
function multiplyPair(
  y: usize, columns: i32, x: usize, panel: usize, half: i32, depth: i32, accumulate: bool,
): void {
  let v0 = f32x4.splat(0), v1 = v0, v2 = v0, v3 = v0, v4 = v0, v5 = v0, v6 = v0, v7 = v0;
  let other = panel + <usize>depth * (<usize>half << 2);
  const end = x + (<usize>depth << 2);
  const last = end - 4;
  // The breaks that ask for a panel's address are never taken: V8 puts all loads of a block first, and eight beside eight sums
  // would not fit its fifteen registers. Each asks for another one, or they would be merged.
  while (x < end) {
    let s = v128.load32_splat(x);
    v0 = multiplyAdd(s, v128.load(panel), v0);
    v1 = multiplyAdd(s, v128.load(panel, 16), v1);
    v2 = multiplyAdd(s, v128.load(panel, 32), v2);
    v3 = multiplyAdd(s, v128.load(panel, 48), v3);
    if (panel == 0) break;
    v4 = multiplyAdd(s, v128.load(other), v4);
    v5 = multiplyAdd(s, v128.load(other, 16), v5);
    v6 = multiplyAdd(s, v128.load(other, 32), v6);
    v7 = multiplyAdd(s, v128.load(other, 48), v7);
    if (x == last) break; // depth is odd
    s = v128.load32_splat(x, 4);
    v0 = multiplyAdd(s, v128.load(panel, 64), v0);
    v1 = multiplyAdd(s, v128.load(panel, 80), v1);
    v2 = multiplyAdd(s, v128.load(panel, 96), v2);
    v3 = multiplyAdd(s, v128.load(panel, 112), v3);
    if (panel == 1) break;
    v4 = multiplyAdd(s, v128.load(other, 64), v4);
    v5 = multiplyAdd(s, v128.load(other, 80), v5);
    v6 = multiplyAdd(s, v128.load(other, 96), v6);
    v7 = multiplyAdd(s, v128.load(other, 112), v7);
    panel += 128;
    other += 128;
    x += 8;
  }
  put(y, v0, columns, accumulate);
  put(y + 16, v1, columns - 4, accumulate);
  put(y + 32, v2, columns - 8, accumulate);
  put(y + 48, v3, columns - 12, accumulate);
  y += <usize>half << 2;
  columns -= half;
  put(y, v4, columns, accumulate);
  put(y + 16, v5, columns - 4, accumulate);
  put(y + 32, v6, columns - 8, accumulate);
  put(y + 48, v7, columns - 12, accumulate);
}

/** y[rows, columns] (+)= x[rows, depth] · B. Panels that one row has read, the next one finds in the first-level cache. */
export function multiplyPanels(
  y: usize, x: usize, panels: usize, rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const xBytes = <usize>depth << 2;
  const yBytes = <usize>columns << 2;
  const half = 16 * panelPairs(columns);
  for (let j = 0; j < half; j += 16) {
    for (let i: usize = 0; i < <usize>rows; i++) {
      multiplyPair(y + i * yBytes + (<usize>j << 2), columns - j, x + i * xBytes, panels, half, depth, accumulate);
    }
    panels += <usize>depth << 6;
  }
}
