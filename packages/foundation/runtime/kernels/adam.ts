// Adam and AdamW in one pass over a parameter.

import { loadLanes, multiplyAdd, storeLanes } from './vector';

/**
 * mean′ = β₁ mean + (1 − β₁) g, square′ = β₂ square + (1 − β₂) g², with g = scale · gradient, and
 * param′ = param − rate · decay · param − rate · (mean′ / meanCorrection) / (√(square′ / squareCorrection) + ε).
 */
export function adam(
  nextParam: usize, nextMean: usize, nextSquare: usize, param: usize, gradient: usize, mean: usize, square: usize, size: i32,
  scale: f32, rate: f32, beta1: f32, beta2: f32, epsilon: f32, decay: f32, meanCorrection: f32, squareCorrection: f32,
): void {
  const b1 = f32x4.splat(beta1), b2 = f32x4.splat(beta2), c1 = f32x4.splat(1 - beta1), c2 = f32x4.splat(1 - beta2);
  const s = f32x4.splat(scale), e = f32x4.splat(epsilon), step = f32x4.splat(rate / meanCorrection);
  const root = f32x4.splat(1 / squareCorrection), keep = f32x4.splat(1 - rate * decay);
  for (let j = 0; j < size; j += 4) {
    const at = <usize>j << 2;
    const n = size - j;
    const g = f32x4.mul(s, loadLanes(gradient + at, n));
    const m = multiplyAdd(c1, g, f32x4.mul(b1, loadLanes(mean + at, n)));
    const v = multiplyAdd(f32x4.mul(c2, g), g, f32x4.mul(b2, loadLanes(square + at, n)));
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
