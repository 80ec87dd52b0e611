// C = A·B or C += A·B for matrices with any row and column stride (in floats), so that one routine serves A·B, Aᵀ·B
// and A·Bᵀ. Packed and register-tiled after Goto and van de Geijn (2008), https://doi.org/10.1145/1356052.1356053.
// Any number of rows from 12 on is a sum of fives and fours, so that no row is computed in vain.

import { TILE_COLUMNS, tile4, tile5 } from './register-tiles';
import { multiplyRow, multiplyRowByColumns } from './unpacked-product';
import { loadLanes, storeLanes } from './vector';

// What is decorated is exported as well: the parser of `turbo boundaries` knows no other decorated functions.

/** Floats of a tile of five rows that reaches over the edge of C. */
const EDGE_BYTES: usize = 160;
// A panel of B (16 KB) and five rows of A (10 KB) stay in the first-level cache, a block of A (120 KB) in the second. The plain
// build sums fewer at a time: nothing is gained by it any more, but its bits are those of earlier versions.
const DEPTH_BLOCK: i32 = ASC_FEATURE_RELAXED_SIMD ? 512 : 256;
const ROW_BLOCK: i32 = 60;

/** Floats of a packed `depth` × `columns` right-hand matrix. */
export function packedSize(depth: i32, columns: i32): i32 {
  return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * depth;
}

/** Floats of scratch that `multiplyPacked` needs beside a packed right-hand matrix. */
export function leftScratchSize(): i32 {
  return (<i32>EDGE_BYTES >> 2) + ROW_BLOCK * DEPTH_BLOCK;
}

/** Equal blocks of at most DEPTH_BLOCK: a short last block would pay for a whole pass over C. */
// @ts-expect-error: decorator
@inline
export function depthBlock(depth: i32): i32 {
  const blocks = (depth + DEPTH_BLOCK - 1) / DEPTH_BLOCK;
  return blocks == 0 ? 1 : (depth + blocks - 1) / blocks;
}

/** Transposes the 4 × 4 block whose rows are `stride` bytes apart, and stores its columns `step` bytes apart. */
// @ts-expect-error: decorator
@inline
export function transpose4(target: usize, step: usize, source: usize, stride: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + stride);
  const c = v128.load(source + 2 * stride);
  const d = v128.load(source + 3 * stride);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const ab2 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd2 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(ab, cd, 0, 2));
  v128.store(target + step, v128.shuffle<f64>(ab, cd, 1, 3));
  v128.store(target + 2 * step, v128.shuffle<f64>(ab2, cd2, 0, 2));
  v128.store(target + 3 * step, v128.shuffle<f64>(ab2, cd2, 1, 3));
}

/** Lays the rows of A one after the other, each `depth` floats long. */
function packLeft(target: usize, source: usize, rows: i32, depth: i32, rowStride: i32, depthStride: i32): void {
  const rowBytes = <usize>rowStride << 2;
  const depthBytes = <usize>depthStride << 2;
  const length = <usize>depth << 2;
  let i = 0;
  if (rowStride == 1) {
    for (; i + 4 <= rows; i += 4) {
      let to = target, from = source, k = 0;
      for (; k + 4 <= depth; k += 4) {
        transpose4(to, length, from, depthBytes);
        to += 16;
        from += 4 * depthBytes;
      }
      for (; k < depth; k++) {
        for (let r: usize = 0; r < 4; r++) store<f32>(to + r * length, load<f32>(from + (r << 2)));
        to += 4;
        from += depthBytes;
      }
      target += 4 * length;
      source += 16;
    }
  }
  for (; i < rows; i++) {
    let from = source;
    for (let k: usize = 0; k < length; k += 4) {
      store<f32>(target + k, load<f32>(from));
      from += depthBytes;
    }
    target += length;
    source += rowBytes;
  }
}

/** Lays eight columns of B side by side, depth running slowest; columns past the edge are zeros. */
function packPanel(target: usize, source: usize, columns: i32, depth: i32, depthBytes: usize, columnBytes: usize): void {
  let k = 0;
  if (columns == TILE_COLUMNS) {
    if (columnBytes == 4) {
      for (; k < depth; k++) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        target += 32;
        source += depthBytes;
      }
    } else if (depthBytes == 4) {
      for (; k + 4 <= depth; k += 4) {
        transpose4(target, 32, source, columnBytes);
        transpose4(target + 16, 32, source + 4 * columnBytes, columnBytes);
        target += 128;
        source += 16;
      }
    }
  }
  for (; k < depth; k++) {
    for (let j = 0; j < columns; j++) store<f32>(target + (<usize>j << 2), load<f32>(source + <usize>j * columnBytes));
    for (let j = columns; j < TILE_COLUMNS; j++) store<f32>(target + (<usize>j << 2), 0);
    target += 32;
    source += depthBytes;
  }
}

/** Packs a whole right-hand matrix: blocks of depth, in each the panels of columns. */
export function packRight(target: usize, source: usize, depth: i32, columns: i32, depthStride: i32, columnStride: i32): void {
  const block = depthBlock(depth);
  const depthBytes = <usize>depthStride << 2;
  const columnBytes = <usize>columnStride << 2;
  for (let k = 0; k < depth; k += block) {
    const blockDepth = min(block, depth - k);
    for (let j = 0; j < columns; j += TILE_COLUMNS) {
      packPanel(
        target, source + <usize>k * depthBytes + <usize>j * columnBytes, min(TILE_COLUMNS, columns - j), blockDepth,
        depthBytes, columnBytes,
      );
      target += <usize>(32 * blockDepth);
    }
  }
}

/** Copies or adds `rows` × `columns` of an 8-column tile to C. */
function storeEdge(c: usize, stride: usize, edge: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const p = c + (<usize>j << 2);
      const v = v128.load(edge + (<usize>j << 2));
      storeLanes(p, accumulate ? f32x4.add(v, loadLanes(p, columns - j)) : v, columns - j);
    }
    c += stride;
    edge += 32;
  }
}

/** `rows` (4 or 5) rows of C against one panel. */
// @ts-expect-error: decorator
@inline
export function tile(
  c: usize, stride: usize, a: usize, aStride: usize, panel: usize, depth: i32, rows: i32, accumulate: bool,
): void {
  if (rows == 5) tile5(c, stride, a, aStride, panel, depth, accumulate);
  else tile4(c, stride, a, aStride, panel, depth, accumulate);
}

/**
 * C[rows, columns] (+)= A[rows, depth] · B, with B packed by `packRight` and `scratch` of `leftScratchSize()` floats.
 */
export function multiplyPacked(
  c: usize, cStride: i32, a: usize, aRowStride: i32, aDepthStride: i32, packed: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool, scratch: usize,
): void {
  const cBytes = <usize>cStride << 2;
  const block = depthBlock(depth);
  for (let k = 0; k < depth; k += block) {
    const blockDepth = min(block, depth - k);
    const right = packed + (<usize>packedSize(k, columns) << 2);
    const add = accumulate || k > 0;
    for (let i = 0; i < rows; i += ROW_BLOCK) {
      const blockRows = min(ROW_BLOCK, rows - i);
      // blockRows = 5 · fives + 4 · fours where it can be; else the last four rows are computed once more.
      const fours = (5 - blockRows % 5) % 5;
      const exact = blockRows >= 4 * fours;
      const fives = exact ? (blockRows - 4 * fours) / 5 : blockRows / 5;
      let left = a + ((<usize>i * <usize>aRowStride + <usize>k * <usize>aDepthStride) << 2);
      let leftBytes = <usize>aRowStride << 2;
      if (aDepthStride != 1 || blockRows < 4) {
        packLeft(scratch + EDGE_BYTES, left, blockRows, blockDepth, aRowStride, aDepthStride);
        left = scratch + EDGE_BYTES;
        leftBytes = <usize>blockDepth << 2;
      }
      for (let j = 0; j < columns; j += TILE_COLUMNS) {
        const panel = right + ((<usize>j * <usize>blockDepth) << 2);
        const tileColumns = min(TILE_COLUMNS, columns - j);
        let to = c + <usize>i * cBytes + (<usize>j << 2);
        let from = left;
        for (let r = 0; r < blockRows; ) {
          const height = r < 5 * fives ? 5 : 4;
          const fresh = min(height, blockRows - r);
          if (fresh == height && tileColumns == TILE_COLUMNS) {
            tile(to, cBytes, from, leftBytes, panel, blockDepth, height, add);
          } else {
            const again = blockRows < 4 ? 0 : <usize>(height - fresh);
            tile(scratch, 32, from - again * leftBytes, leftBytes, panel, blockDepth, height, false);
            storeEdge(to, cBytes, scratch + 32 * again, fresh, tileColumns, add);
          }
          to += <usize>height * cBytes;
          from += <usize>height * leftBytes;
          r += height;
        }
      }
    }
  }
}

/** Floats of scratch that `multiply` needs. */
export function productScratchSize(rows: i32, columns: i32, depth: i32): i32 {
  return leftScratchSize() + packedSize(depth, columns);
}

/**
 * C[rows, columns] (+)= A[rows, depth] · B[depth, columns]. All strides in floats; A and B may be transposed by their
 * strides. `scratch` holds `productScratchSize` floats.
 */
export function multiply(
  c: usize, cStride: i32, a: usize, aRowStride: i32, aDepthStride: i32, b: usize, bDepthStride: i32, bColumnStride: i32,
  rows: i32, columns: i32, depth: i32, accumulate: bool, scratch: usize,
): void {
  if (depth == 0) {
    if (!accumulate) for (let i = 0; i < rows; i++) memory.fill(c + ((<usize>i * <usize>cStride) << 2), 0, <usize>columns << 2);
    return;
  }
  // Packing pays only where what is packed is used often enough.
  const few = rows <= 4 || <i64>rows * <i64>columns * <i64>depth < 2048;
  if (few && (bColumnStride == 1 || (bDepthStride == 1 && aDepthStride == 1))) {
    for (let i = 0; i < rows; i++) {
      const y = c + ((<usize>i * <usize>cStride) << 2);
      const x = a + ((<usize>i * <usize>aRowStride) << 2);
      if (bColumnStride == 1) multiplyRow(y, x, aDepthStride, b, bDepthStride, columns, depth, accumulate);
      else multiplyRowByColumns(y, x, b, bColumnStride, columns, depth, accumulate);
    }
    return;
  }
  const packed = scratch + (<usize>leftScratchSize() << 2);
  packRight(packed, b, depth, columns, bDepthStride, bColumnStride);
  multiplyPacked(c, cStride, a, aRowStride, aDepthStride, packed, rows, columns, depth, accumulate, scratch);
}
