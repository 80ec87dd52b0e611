// Adam and AdamW in one pass over a parameter.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/**
 * mean′ = β₁ mean + (1 − β₁) g, square′ = β₂ square + (1 − β₂) g², and
 * update = −rate · (mean′ / meanCorrection) / (√(square′ / squareCorrection) + ε) − rate · decay · param; `param` may be 0 for none.
 */
export function adam(
  update: usize, nextMean: usize, nextSquare: usize, gradient: usize, mean: usize, square: usize, param: usize, size: i32,
  rate: f64, beta1: f64, beta2: f64, epsilon: f32, decay: f64, meanCorrection: f64, squareCorrection: f64,
): void {
  // In float64 first: 1 − 0.999 in float32 is wrong in the fifth digit.
  const c1 = f32x4.splat(<f32>(1 - beta1)), c2 = f32x4.splat(<f32>(1 - beta2));
  const e = f32x4.splat(epsilon), step = f32x4.splat(<f32>(-rate / meanCorrection));
  const root = f32x4.splat(<f32>(1 / squareCorrection)), shrink = f32x4.splat(<f32>(rate * decay));
  // Of a decay of 0 nothing old is left, not what a difference from it would round off.
  const old1 = i32x4.splat(beta1 == 0 ? 0 : -1), old2 = i32x4.splat(beta2 == 0 ? 0 : -1);
  const bytes = <usize>size << 2, wide = bytes & ~15;
  for (let at: usize = 0; at < wide; at += 16) {
    adamLanes(update, nextMean, nextSquare, gradient, mean, square, param, at, 4, c1, c2, old1, old2, e, step, root, shrink);
  }
  if (wide < bytes) {
    const n = size & 3;
    adamLanes(update, nextMean, nextSquare, gradient, mean, square, param, wide, n, c1, c2, old1, old2, e, step, root, shrink);
  }
}

// @ts-expect-error: decorator
@inline
export function adamLanes(
  update: usize, nextMean: usize, nextSquare: usize, gradient: usize, mean: usize, square: usize, param: usize, at: usize, n: i32,
  c1: v128, c2: v128, old1: v128, old2: v128, e: v128, step: v128, root: v128, shrink: v128,
): void {
  const g = loadLanes(gradient + at, n);
  // As m + (1 − β)(g − m), so that β itself is not needed.
  const oldMean = v128.and(loadLanes(mean + at, n), old1), oldSquare = v128.and(loadLanes(square + at, n), old2);
  const m = multiplyAdd(c1, f32x4.sub(g, oldMean), oldMean);
  const v = multiplyAdd(c2, f32x4.sub(f32x4.mul(g, g), oldSquare), oldSquare);
  let u = f32x4.div(f32x4.mul(step, m), f32x4.add(f32x4.sqrt(f32x4.mul(v, root)), e));
  if (param != 0) u = f32x4.sub(u, f32x4.mul(shrink, loadLanes(param + at, n)));
  storeLanes(nextMean + at, m, n);
  storeLanes(nextSquare + at, v, n);
  storeLanes(update + at, u, n);
}
