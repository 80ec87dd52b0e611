import { loadLanes } from './vector';

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
