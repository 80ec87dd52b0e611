// The innermost loops of the matrix product: a few rows of C against eight columns of B, all sums in registers.
//
// V8 on x86-64 has fifteen vector registers. A tile of 5 × 8 takes ten for sums, two for B, one for A and, in the plain build, one
// for a product. Four depths are taken at a time, for the steps of six addresses cost as much as the loads; and V8 puts all loads of
// a block first, which would not fit. So every two rows stand in a block of their own: the breaks that ask for the address of B are
// never taken, and each asks for another one, or they would be merged.

import { multiplyAdd } from './vector';

// What is decorated is exported as well: the parser of `turbo boundaries` knows no other decorated functions.

export const TILE_COLUMNS: i32 = 8;

// @ts-expect-error: decorator
@inline
export function put(c: usize, v: v128, accumulate: bool): void {
  v128.store(c, accumulate ? f32x4.add(v, v128.load(c)) : v);
}

/**
 * C[5, 8] (+)= A[5, depth] · B[depth, 8]: rows of C `stride` and of A `aStride` bytes apart, eight columns of B side by side with
 * depth running slowest.
 */
export function tile5(c: usize, stride: usize, a0: usize, aStride: usize, b: usize, depth: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00, c40 = c00, c41 = c00;
  let b0 = c00, b1 = c00, s = c00;
  let a1 = a0 + aStride, a2 = a1 + aStride, a3 = a2 + aStride, a4 = a3 + aStride;
  const end = a0 + (<usize>depth << 2);
  const whole = a0 + (<usize>(depth & ~3) << 2);
  if (a0 < whole) do {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = v128.load32_splat(a0); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    if (b == 0) break;
    s = v128.load32_splat(a2); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    if (b == 1) break;
    s = v128.load32_splat(a4); c40 = multiplyAdd(s, b0, c40); c41 = multiplyAdd(s, b1, c41);
    if (b == 2) break;
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = v128.load32_splat(a0, 4); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    if (b == 3) break;
    s = v128.load32_splat(a2, 4); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3, 4); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    if (b == 4) break;
    s = v128.load32_splat(a4, 4); c40 = multiplyAdd(s, b0, c40); c41 = multiplyAdd(s, b1, c41);
    if (b == 5) break;
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    s = v128.load32_splat(a0, 8); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1, 8); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    if (b == 6) break;
    s = v128.load32_splat(a2, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3, 8); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    if (b == 7) break;
    s = v128.load32_splat(a4, 8); c40 = multiplyAdd(s, b0, c40); c41 = multiplyAdd(s, b1, c41);
    if (b == 8) break;
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    s = v128.load32_splat(a0, 12); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1, 12); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a2, 12); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    s = v128.load32_splat(a4, 12); c40 = multiplyAdd(s, b0, c40); c41 = multiplyAdd(s, b1, c41);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; a4 += 16; b += 128;
  } while (a0 < whole);
  while (a0 < end) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = v128.load32_splat(a0); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a2); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    s = v128.load32_splat(a4); c40 = multiplyAdd(s, b0, c40); c41 = multiplyAdd(s, b1, c41);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; a4 += 4; b += 32;
  }
  put(c + 4 * stride, c40, accumulate); put(c + 4 * stride + 16, c41, accumulate);
  put(c + 3 * stride, c30, accumulate); put(c + 3 * stride + 16, c31, accumulate);
  put(c + 2 * stride, c20, accumulate); put(c + 2 * stride + 16, c21, accumulate);
  put(c + stride, c10, accumulate); put(c + stride + 16, c11, accumulate);
  put(c, c00, accumulate); put(c + 16, c01, accumulate);
}

/** C[4, 8] (+)= A[4, depth] · B[depth, 8], as `tile5`. */
export function tile4(c: usize, stride: usize, a0: usize, aStride: usize, b: usize, depth: i32, accumulate: bool): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  let b0 = c00, b1 = c00, s = c00;
  let a1 = a0 + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
  const end = a0 + (<usize>depth << 2);
  const whole = a0 + (<usize>(depth & ~3) << 2);
  if (a0 < whole) do {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = v128.load32_splat(a0); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    if (b == 0) break;
    s = v128.load32_splat(a2); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    if (b == 1) break;
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    s = v128.load32_splat(a0, 4); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1, 4); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    if (b == 2) break;
    s = v128.load32_splat(a2, 4); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3, 4); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    if (b == 3) break;
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    s = v128.load32_splat(a0, 8); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1, 8); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    if (b == 4) break;
    s = v128.load32_splat(a2, 8); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3, 8); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    if (b == 5) break;
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    s = v128.load32_splat(a0, 12); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1, 12); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a2, 12); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3, 12); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    a0 += 16; a1 += 16; a2 += 16; a3 += 16; b += 128;
  } while (a0 < whole);
  while (a0 < end) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    s = v128.load32_splat(a0); c00 = multiplyAdd(s, b0, c00); c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a1); c10 = multiplyAdd(s, b0, c10); c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a2); c20 = multiplyAdd(s, b0, c20); c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a3); c30 = multiplyAdd(s, b0, c30); c31 = multiplyAdd(s, b1, c31);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += 32;
  }
  put(c + 3 * stride, c30, accumulate); put(c + 3 * stride + 16, c31, accumulate);
  put(c + 2 * stride, c20, accumulate); put(c + 2 * stride + 16, c21, accumulate);
  put(c + stride, c10, accumulate); put(c + stride + 16, c11, accumulate);
  put(c, c00, accumulate); put(c + 16, c01, accumulate);
}
