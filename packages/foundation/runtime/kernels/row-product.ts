// y = x · B for a few rows x, one after the other, against a B that was laid out once: what streams spend their time on. B lies in
// panels of 16 columns, depth running slowest. A row reads two of them at once, half of B apart, and keeps its sums in eight
// registers: the processor fetches two long stretches a fifth quicker than one. Four depths are taken at a time, so rows and panels
// end in zeros where depth is no multiple of four. They are written out: no function could give eight sums back.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/** Panels in each half of B. */
function panelPairs(columns: i32): i32 {
  return (columns + 31) >> 5;
}

/** Floats of a row that is multiplied. */
// @ts-expect-error: decorator
@inline
export function rowLength(depth: i32): i32 {
  return (depth + 3) & ~3;
}

/** Floats of a `depth` × `columns` matrix in panels. */
export function panelsSize(depth: i32, columns: i32): i32 {
  return rowLength(depth) * 32 * panelPairs(columns);
}

/** Lays out a matrix, and another one below it, whose rows follow each other; what lies past an edge are zeros. */
export function packPanels(
  target: usize, source: usize, depth: i32, below: usize, depthBelow: i32, columns: i32,
): void {
  const row = <usize>columns << 2;
  const whole = depth + depthBelow;
  memory.fill(target, 0, <usize>panelsSize(whole, columns) << 2);
  for (let j = 0; j < columns; j += 16) {
    for (let k = 0; k < whole; k++) {
      const from = (k < depth ? source + <usize>k * row : below + <usize>(k - depth) * row) + (<usize>j << 2);
      for (let lane = 0; lane < min(16, columns - j); lane += 4) {
        v128.store(target + (<usize>lane << 2), loadLanes(from + (<usize>lane << 2), columns - j - lane));
      }
      target += 64;
    }
    target += <usize>(rowLength(whole) - whole) << 6;
  }
}

/** Lays out rows for `multiplyPanels`, each with one of `behind` at its end. */
export function layRows(
  target: usize, source: usize, depth: i32, behind: usize, depthBehind: i32, rows: i32,
): void {
  const bytes = <usize>depth << 2;
  const bytesBehind = <usize>depthBehind << 2;
  const length = <usize>rowLength(depth + depthBehind) << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(target, source, bytes);
    memory.copy(target + bytes, behind, bytesBehind);
    for (let at = bytes + bytesBehind; at < length; at += 4) store<f32>(target + at, 0);
    target += length;
    source += bytes;
    behind += bytesBehind;
  }
}

/**
 * y[rows, columns] = x[rows, depth] · B; rows of x follow each other in `rowLength`. A stream asks for every other product
 * backwards, from the last panel to the first: it begins with what the one before has left in the caches. The bits are the same.
 */
export function multiplyPanels(
  y: usize, x: usize, panels: usize, rows: i32, columns: i32, depth: i32, backwards: bool,
): void {
  const xBytes = <usize>rowLength(depth) << 2;
  const yBytes = <usize>columns << 2;
  const pairs = panelPairs(columns);
  const half = 16 * pairs;
  const halfBytes = <usize>half << 2;
  const toOther = xBytes * <usize>half;
  for (let pair = 0; pair < pairs; pair++) {
    const j = 16 * (backwards ? pairs - 1 - pair : pair);
    const first = panels + xBytes * <usize>j;
    // Panels that one row has read, the next one finds in the first-level cache.
    for (let i: usize = 0; i < <usize>rows; i++) {
      let v0 = f32x4.splat(0), v1 = v0, v2 = v0, v3 = v0, v4 = v0, v5 = v0, v6 = v0, v7 = v0;
      let from = x + i * xBytes;
      const end = from + xBytes;
      let panel = first;
      let other = first + toOther;
      // The breaks that ask for a panel's address are never taken: V8 puts all loads of a block first, and eight beside eight sums
      // would not fit its fifteen registers. Each asks for another one, or they would be merged.
      if (depth > 0) do {
        let s = v128.load32_splat(from);
        v0 = multiplyAdd(s, v128.load(panel), v0);
        v1 = multiplyAdd(s, v128.load(panel, 16), v1);
        v2 = multiplyAdd(s, v128.load(panel, 32), v2);
        v3 = multiplyAdd(s, v128.load(panel, 48), v3);
        if (panel == 0) break;
        v4 = multiplyAdd(s, v128.load(other), v4);
        v5 = multiplyAdd(s, v128.load(other, 16), v5);
        v6 = multiplyAdd(s, v128.load(other, 32), v6);
        v7 = multiplyAdd(s, v128.load(other, 48), v7);
        if (panel == 1) break;
        s = v128.load32_splat(from, 4);
        v0 = multiplyAdd(s, v128.load(panel, 64), v0);
        v1 = multiplyAdd(s, v128.load(panel, 80), v1);
        v2 = multiplyAdd(s, v128.load(panel, 96), v2);
        v3 = multiplyAdd(s, v128.load(panel, 112), v3);
        if (panel == 2) break;
        v4 = multiplyAdd(s, v128.load(other, 64), v4);
        v5 = multiplyAdd(s, v128.load(other, 80), v5);
        v6 = multiplyAdd(s, v128.load(other, 96), v6);
        v7 = multiplyAdd(s, v128.load(other, 112), v7);
        if (panel == 3) break;
        s = v128.load32_splat(from, 8);
        v0 = multiplyAdd(s, v128.load(panel, 128), v0);
        v1 = multiplyAdd(s, v128.load(panel, 144), v1);
        v2 = multiplyAdd(s, v128.load(panel, 160), v2);
        v3 = multiplyAdd(s, v128.load(panel, 176), v3);
        if (panel == 4) break;
        v4 = multiplyAdd(s, v128.load(other, 128), v4);
        v5 = multiplyAdd(s, v128.load(other, 144), v5);
        v6 = multiplyAdd(s, v128.load(other, 160), v6);
        v7 = multiplyAdd(s, v128.load(other, 176), v7);
        if (panel == 5) break;
        s = v128.load32_splat(from, 12);
        v0 = multiplyAdd(s, v128.load(panel, 192), v0);
        v1 = multiplyAdd(s, v128.load(panel, 208), v1);
        v2 = multiplyAdd(s, v128.load(panel, 224), v2);
        v3 = multiplyAdd(s, v128.load(panel, 240), v3);
        if (panel == 6) break;
        v4 = multiplyAdd(s, v128.load(other, 192), v4);
        v5 = multiplyAdd(s, v128.load(other, 208), v5);
        v6 = multiplyAdd(s, v128.load(other, 224), v6);
        v7 = multiplyAdd(s, v128.load(other, 240), v7);
        if (panel == 7) break;
        panel += 256;
        other += 256;
        from += 16;
      } while (from < end);
      let to = y + i * yBytes + (<usize>j << 2);
      let left = columns - j;
      storeLanes(to, v0, left);
      storeLanes(to + 16, v1, left - 4);
      storeLanes(to + 32, v2, left - 8);
      storeLanes(to + 48, v3, left - 12);
      to += halfBytes;
      left -= half;
      storeLanes(to, v4, left);
      storeLanes(to + 16, v5, left - 4);
      storeLanes(to + 32, v6, left - 8);
      storeLanes(to + 48, v7, left - 12);
    }
  }
}
