// Adam and AdamW in one pass over a parameter.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/**
 * mean′ = β₁ mean + (1 − β₁) g, square′ = β₂ square + (1 − β₂) g², with g = scale · gradient, and
 * param′ = param − rate · decay · param − rate · (mean′ / meanCorrection) / (√(square′ / squareCorrection) + ε).
 */
export function adam(
  nextParam: usize, nextMean: usize, nextSquare: usize, param: usize, gradient: usize, mean: usize, square: usize, size: i32,
  scale: f32, rate: f64, beta1: f64, beta2: f64, epsilon: f32, decay: f64, meanCorrection: f64, squareCorrection: f64,
): void {
  // In float64 first: 1 − 0.999 in float32 is wrong in the fifth digit.
  const c1 = f32x4.splat(<f32>(1 - beta1)), c2 = f32x4.splat(<f32>(1 - beta2));
  const s = f32x4.splat(scale), e = f32x4.splat(epsilon), step = f32x4.splat(<f32>(rate / meanCorrection));
  const root = f32x4.splat(<f32>(1 / squareCorrection)), keep = f32x4.splat(<f32>(1 - rate * decay));
  for (let j = 0; j < size; j += 4) {
    const at = <usize>j << 2;
    const n = size - j;
    const g = f32x4.mul(s, loadLanes(gradient + at, n));
    // As m + (1 − β)(g − m), for the same reason: β itself is not needed.
    const oldMean = loadLanes(mean + at, n), oldSquare = loadLanes(square + at, n);
    const m = multiplyAdd(c1, f32x4.sub(g, oldMean), oldMean);
    const v = multiplyAdd(c2, f32x4.sub(f32x4.mul(g, g), oldSquare), oldSquare);
    const d = f32x4.div(f32x4.mul(step, m), f32x4.add(f32x4.sqrt(f32x4.mul(v, root)), e));
    storeLanes(nextMean + at, m, n);
    storeLanes(nextSquare + at, v, n);
    storeLanes(nextParam + at, f32x4.sub(f32x4.mul(keep, loadLanes(param + at, n)), d), n);
  }
}

/** Σ x², added up in float64. */
export function sumOfSquares(x: usize, size: i32): f64 {
  let low = f64x2.splat(0), high = low;
  for (let j = 0; j < size; j += 4) {
    const v = loadLanes(x + (<usize>j << 2), size - j);
    const a = f64x2.promote_low_f32x4(v), b = f64x2.promote_low_f32x4(v128.shuffle<f64>(v, v, 1, 1));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  low = f64x2.add(low, high);
  return f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
}
