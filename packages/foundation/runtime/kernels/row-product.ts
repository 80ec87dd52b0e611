// y = x · B for a few rows x, one after the other, against a B that was laid out once: what streams spend their time on. B lies in
// panels of sixteen columns, depth running slowest, so that a row reads it from end to end and keeps its sums in registers.
//
// V8 puts all loads of a block first: two steps of depth are eight vectors of B and two of x, which with four sums is all that
// fifteen registers hold. Adding the pairs first halves the chain of additions.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/** Floats of a `depth` × `columns` matrix in panels. */
export function panelsSize(depth: i32, columns: i32): i32 {
  return depth * ((columns + 15) & ~15);
}

/** Lays out a matrix whose rows follow each other; columns past the edge are zeros. */
export function packPanels(target: usize, source: usize, depth: i32, columns: i32): void {
  const row = <usize>columns << 2;
  for (let j = 0; j < columns; j += 16) {
    let from = source + (<usize>j << 2);
    for (let k = 0; k < depth; k++) {
      for (let lanes = 0; lanes < 16; lanes += 4) {
        const left = columns - j - lanes;
        v128.store(target, left > 0 ? loadLanes(from + (<usize>lanes << 2), left) : f32x4.splat(0));
        target += 16;
      }
      from += row;
    }
  }
}

// @ts-expect-error: decorator
@inline
function multiplyPair(s: v128, a: v128, t: v128, b: v128): v128 {
  return multiplyAdd(s, a, f32x4.mul(t, b));
}

/** One row against one panel, of which `columns` (from 1) are written. */
function multiplyPanel(y: usize, columns: i32, x: usize, panel: usize, depth: i32, accumulate: bool): void {
  let v0 = f32x4.splat(0), v1 = v0, v2 = v0, v3 = v0;
  for (const end = x + (<usize>(depth & ~1) << 2); x < end; x += 8) {
    const s = v128.load32_splat(x), t = v128.load32_splat(x, 4);
    v0 = f32x4.add(v0, multiplyPair(s, v128.load(panel), t, v128.load(panel, 64)));
    v1 = f32x4.add(v1, multiplyPair(s, v128.load(panel, 16), t, v128.load(panel, 80)));
    v2 = f32x4.add(v2, multiplyPair(s, v128.load(panel, 32), t, v128.load(panel, 96)));
    v3 = f32x4.add(v3, multiplyPair(s, v128.load(panel, 48), t, v128.load(panel, 112)));
    panel += 128;
  }
  if (depth & 1) {
    const s = v128.load32_splat(x);
    v0 = multiplyAdd(s, v128.load(panel), v0);
    v1 = multiplyAdd(s, v128.load(panel, 16), v1);
    v2 = multiplyAdd(s, v128.load(panel, 32), v2);
    v3 = multiplyAdd(s, v128.load(panel, 48), v3);
  }
  put(y, v0, columns, accumulate);
  if (columns > 4) put(y + 16, v1, columns - 4, accumulate);
  if (columns > 8) put(y + 32, v2, columns - 8, accumulate);
  if (columns > 12) put(y + 48, v3, columns - 12, accumulate);
}

// @ts-expect-error: decorator
@inline
function put(y: usize, v: v128, columns: i32, accumulate: bool): void {
  storeLanes(y, accumulate ? f32x4.add(loadLanes(y, columns), v) : v, columns);
}

/** y[rows, columns] (+)= x[rows, depth] · B. A panel that one row has read, the next one finds in the first-level cache. */
export function multiplyPanels(
  y: usize, x: usize, panels: usize, rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const xBytes = <usize>depth << 2;
  const yBytes = <usize>columns << 2;
  for (let j = 0; j < columns; j += 16) {
    for (let i: usize = 0; i < <usize>rows; i++) {
      multiplyPanel(y + i * yBytes + (<usize>j << 2), columns - j, x + i * xBytes, panels, depth, accumulate);
    }
    panels += <usize>depth << 6;
  }
}
