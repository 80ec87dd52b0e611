// RMSProp in one pass over a parameter.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/**
 * square′ = α square + (1 − α) g², d = g / (√square′ + ε), and update = −rate · d. Where `mean` is not 0 the variance takes the
 * place of the square: mean′ = α mean + (1 − α) g, d = g / (√(square′ − mean′²) + ε). Where `velocity` is not 0:
 * velocity′ = momentum · velocity + d, and update = −rate · velocity′.
 */
export function rmsprop(
  update: usize, nextSquare: usize, nextMean: usize, nextVelocity: usize,
  gradient: usize, square: usize, mean: usize, velocity: usize, _param: usize, size: i32,
  rate: f32, alpha: f64, epsilon: f32, momentum: f32,
): void {
  const c = f32x4.splat(<f32>(1 - alpha)), e = f32x4.splat(epsilon);
  const step = f32x4.splat(-rate), keep = f32x4.splat(momentum);
  // Of a decay of 0 nothing old is left, not what a difference from it would round off.
  const old = i32x4.splat(alpha == 0 ? 0 : -1);
  const bytes = <usize>size << 2, wide = bytes & ~15;
  for (let at: usize = 0; at < wide; at += 16) {
    rmspropLanes(update, nextSquare, nextMean, nextVelocity, gradient, square, mean, velocity, at, 4, c, old, e, step, keep);
  }
  if (wide < bytes) {
    const n = size & 3;
    rmspropLanes(update, nextSquare, nextMean, nextVelocity, gradient, square, mean, velocity, wide, n, c, old, e, step, keep);
  }
}

// @ts-expect-error: decorator
@inline
export function rmspropLanes(
  update: usize, nextSquare: usize, nextMean: usize, nextVelocity: usize,
  gradient: usize, square: usize, mean: usize, velocity: usize, at: usize, n: i32, c: v128, old: v128, e: v128,
  step: v128, keep: v128,
): void {
  const g = loadLanes(gradient + at, n);
  const oldSquare = v128.and(loadLanes(square + at, n), old);
  const v = multiplyAdd(c, f32x4.sub(f32x4.mul(g, g), oldSquare), oldSquare);
  storeLanes(nextSquare + at, v, n);
  let spread = v;
  if (mean != 0) {
    const oldMean = v128.and(loadLanes(mean + at, n), old);
    const m = multiplyAdd(c, f32x4.sub(g, oldMean), oldMean);
    storeLanes(nextMean + at, m, n);
    // Rounding can make it a little less than zero. pmax keeps its first operand when it is NaN.
    spread = f32x4.pmax(f32x4.sub(v, f32x4.mul(m, m)), f32x4.splat(0));
  }
  let d = f32x4.div(g, f32x4.add(f32x4.sqrt(spread), e));
  if (velocity != 0) {
    d = multiplyAdd(keep, loadLanes(velocity + at, n), d);
    storeLanes(nextVelocity + at, d, n);
  }
  storeLanes(update + at, f32x4.mul(step, d), n);
}
