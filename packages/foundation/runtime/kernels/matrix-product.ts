// C = A·B or C += A·B for matrices with any row and column stride (in floats), so that one routine serves A·B, Aᵀ·B
// and A·Bᵀ. Packed and register-tiled after Goto and van de Geijn (2008), https://doi.org/10.1145/1356052.1356053.
//
// V8 on x86-64 has fifteen vector registers. A tile of 3 × 12 takes nine accumulators, three vectors of B, one of A and, in
// the plain build, one product. The inner loop is not unrolled: V8 would reorder the steps and spill.

import { loadLanes, multiplyAdd, storeLanes, sumLanes } from './vector';

// What is decorated is exported as well: the parser of `turbo boundaries` knows no other decorated functions.

const TILE_ROWS: i32 = 3;
const TILE_COLUMNS: i32 = 12;
const EDGE_BYTES: usize = 192;
// V8 puts an address computation before every broadcasting load. The plain build is limited by the front end, so there A is
// packed with every value repeated four times; with fused multiply-adds the smaller A is faster.
const REPEATED: bool = !ASC_FEATURE_RELAXED_SIMD;
const LEFT_BYTES: usize = REPEATED ? 48 : 12;
// A panel of A and one of B (24 or 30 KB) stay in the first-level cache, a block of A (192 or 96 KB) in the second.
const DEPTH_BLOCK: i32 = REPEATED ? 256 : 512;
const ROW_BLOCK: i32 = 48;

/** Floats of a packed `depth` × `columns` right-hand matrix. */
export function packedSize(depth: i32, columns: i32): i32 {
  return (columns + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * depth;
}

/** Floats of scratch that `multiplyPacked` needs beside a packed right-hand matrix. */
export function leftScratchSize(): i32 {
  return (<i32>EDGE_BYTES + (ROW_BLOCK / TILE_ROWS) * DEPTH_BLOCK * <i32>LEFT_BYTES) >> 2;
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

/** Lays the rows of A three by three, depth running slowest. */
function packLeft(target: usize, source: usize, rows: i32, depth: i32, rowStride: i32, depthStride: i32): void {
  const rowBytes = <usize>rowStride << 2;
  const depthBytes = <usize>depthStride << 2;
  for (let row = 0; row < rows; row += TILE_ROWS) {
    let first = source + <usize>row * rowBytes;
    // Rows past the edge read the last real one: their results are dropped.
    let second = row + 1 < rows ? first + rowBytes : first;
    let third = row + 2 < rows ? second + rowBytes : second;
    for (let k = 0; k < depth; k++) {
      if (REPEATED) {
        v128.store(target, v128.load32_splat(first));
        v128.store(target, v128.load32_splat(second), 16);
        v128.store(target, v128.load32_splat(third), 32);
      } else {
        store<f32>(target, load<f32>(first));
        store<f32>(target, load<f32>(second), 4);
        store<f32>(target, load<f32>(third), 8);
      }
      target += LEFT_BYTES;
      first += depthBytes;
      second += depthBytes;
      third += depthBytes;
    }
  }
}

/** Lays twelve columns of B side by side, depth running slowest; columns past the edge are zeros. */
function packPanel(target: usize, source: usize, columns: i32, depth: i32, depthBytes: usize, columnBytes: usize): void {
  let k = 0;
  if (columns == TILE_COLUMNS) {
    if (columnBytes == 4) {
      for (; k < depth; k++) {
        v128.store(target, v128.load(source));
        v128.store(target, v128.load(source, 16), 16);
        v128.store(target, v128.load(source, 32), 32);
        target += 48;
        source += depthBytes;
      }
    } else if (depthBytes == 4) {
      for (; k + 4 <= depth; k += 4) {
        transpose4(target, 48, source, columnBytes);
        transpose4(target + 16, 48, source + 4 * columnBytes, columnBytes);
        transpose4(target + 32, 48, source + 8 * columnBytes, columnBytes);
        target += 192;
        source += 16;
      }
    }
  }
  for (; k < depth; k++) {
    for (let j = 0; j < columns; j++) store<f32>(target + (<usize>j << 2), load<f32>(source + <usize>j * columnBytes));
    for (let j = columns; j < TILE_COLUMNS; j++) store<f32>(target + (<usize>j << 2), 0);
    target += 48;
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
      target += <usize>(48 * blockDepth);
    }
  }
}

// @ts-expect-error: decorator
@inline
export function storeRow(c: usize, v2: v128, v1: v128, v0: v128, accumulate: bool): void {
  v128.store(c, accumulate ? f32x4.add(v0, v128.load(c)) : v0);
  v128.store(c, accumulate ? f32x4.add(v1, v128.load(c, 16)) : v1, 16);
  v128.store(c, accumulate ? f32x4.add(v2, v128.load(c, 32)) : v2, 32);
}

/**
 * One whole 3 × 12 tile of C, `stride` in bytes. Exported from the module because an inlined copy would spill. V8 orders
 * the loop by what follows it: with the last row stored first it loads A late and keeps all in registers.
 */
export function tile(c: usize, stride: usize, a: usize, b: usize, depth: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c02 = c00;
  let c10 = c00, c11 = c00, c12 = c00;
  let c20 = c00, c21 = c00, c22 = c00;
  const end = a + LEFT_BYTES * <usize>depth;
  while (a < end) {
    const b0 = v128.load(b), b1 = v128.load(b, 16), b2 = v128.load(b, 32);
    const s0 = REPEATED ? v128.load(a) : v128.load32_splat(a);
    c00 = multiplyAdd(s0, b0, c00);
    c01 = multiplyAdd(s0, b1, c01);
    c02 = multiplyAdd(s0, b2, c02);
    const s1 = REPEATED ? v128.load(a, 16) : v128.load32_splat(a, 4);
    c10 = multiplyAdd(s1, b0, c10);
    c11 = multiplyAdd(s1, b1, c11);
    c12 = multiplyAdd(s1, b2, c12);
    const s2 = REPEATED ? v128.load(a, 32) : v128.load32_splat(a, 8);
    c20 = multiplyAdd(s2, b0, c20);
    c21 = multiplyAdd(s2, b1, c21);
    c22 = multiplyAdd(s2, b2, c22);
    a += LEFT_BYTES;
    b += 48;
  }
  storeRow(c + 2 * stride, c22, c21, c20, accumulate);
  storeRow(c + stride, c12, c11, c10, accumulate);
  storeRow(c, c02, c01, c00, accumulate);
}

/** Copies or adds the part of a 3 × 12 tile that lies inside C. */
function storeEdge(c: usize, stride: usize, edge: usize, rows: i32, columns: i32, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const p = c + (<usize>j << 2);
      const v = v128.load(edge + (<usize>j << 2));
      storeLanes(p, accumulate ? f32x4.add(v, loadLanes(p, columns - j)) : v, columns - j);
    }
    c += stride;
    edge += 48;
  }
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
      packLeft(
        scratch + EDGE_BYTES, a + ((<usize>i * <usize>aRowStride + <usize>k * <usize>aDepthStride) << 2),
        blockRows, blockDepth, aRowStride, aDepthStride,
      );
      for (let j = 0; j < columns; j += TILE_COLUMNS) {
        const panel = right + ((<usize>j * <usize>blockDepth) << 2);
        const tileColumns = min(TILE_COLUMNS, columns - j);
        let to = c + <usize>i * cBytes + (<usize>j << 2);
        let left = scratch + EDGE_BYTES;
        for (let r = 0; r < blockRows; r += TILE_ROWS) {
          const tileRows = min(TILE_ROWS, blockRows - r);
          if (tileRows == TILE_ROWS && tileColumns == TILE_COLUMNS) {
            tile(to, cBytes, left, panel, blockDepth, add);
          } else {
            tile(scratch, 48, left, panel, blockDepth, false);
            storeEdge(to, cBytes, scratch, tileRows, tileColumns, add);
          }
          to += 3 * cBytes;
          left += LEFT_BYTES * <usize>blockDepth;
        }
      }
    }
  }
}

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
