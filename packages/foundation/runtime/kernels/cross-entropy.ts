// Softmax cross-entropy with integer labels, without a one-hot and without a saved softmax: the way back takes e to the power
// of logit − log Σ e^logits again.

import { exp, loadLanes, storeLanes } from './vector';

/**
 * ln x for a positive normal x, by 2 atanh((m − 1) / (m + 1)) on [√½, √2). The library's Math.log brings tables, and static
 * data would land in the middle of tfjs's heap.
 */
function log(x: f64): f64 {
  const bits = reinterpret<i64>(x);
  let exponent = <i32>(bits >> 52) - 1023;
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (m > 1.4142135623730951) {
    m *= 0.5;
    exponent++;
  }
  const s = (m - 1) / (m + 1);
  const t = s * s;
  let sum: f64 = 0;
  for (let k = 21; k > 0; k -= 2) sum = sum * t + 1 / <f64>k;
  // NaN has no exponent worth adding.
  return x == x ? <f64>exponent * 0.6931471805599453 + 2 * s * sum : x;
}

/**
 * losses[i] = weight · (log Σ e^x − (1 − smoothing) x[label] − smoothing · mean x), in nats, and in shifts [rows, 2] the largest
 * x and log Σ e^(x − largest): their sum in float32 would lose the digits of the softmax where logits are large. A row of
 * weight 0 costs 0 whatever is in it, and its label is not looked at.
 */
export function crossEntropy(
  losses: usize, shifts: usize, logits: usize, labels: usize, weights: usize, rows: i32, classes: i32, smoothing: f32,
): void {
  for (let i: usize = 0; i < <usize>rows; i++) {
    const weight = load<f32>(weights + (i << 2));
    const row = logits + i * (<usize>classes << 2);
    if (weight == 0) {
      store<f32>(losses + (i << 2), 0);
      store<u64>(shifts + (i << 3), 0);
      continue;
    }
    const wide = <usize>(classes & ~3) << 2;
    const bytes = <usize>classes << 2;
    let largest = f32x4.splat(-Infinity);
    for (let j: usize = 0; j < wide; j += 16) largest = f32x4.pmax(largest, v128.load(row + j));
    let top: f32 = max(
      max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
      max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
    );
    for (let j = wide; j < bytes; j += 4) top = max(top, load<f32>(row + j));
    const shift = f32x4.splat(top);
    // Sums of ten thousand terms: four lanes of floats lose too much, so every lane is added up in float64.
    let low = f64x2.splat(0), high = low, lowSum = low, highSum = low;
    for (let j: usize = 0; j < wide; j += 16) {
      const x = v128.load(row + j);
      const e = exp(f32x4.sub(x, shift));
      low = f64x2.add(low, f64x2.promote_low_f32x4(e));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f64>(e, e, 1, 1)));
      if (smoothing != 0) {
        lowSum = f64x2.add(lowSum, f64x2.promote_low_f32x4(x));
        highSum = f64x2.add(highSum, f64x2.promote_low_f32x4(v128.shuffle<f64>(x, x, 1, 1)));
      }
    }
    low = f64x2.add(low, high);
    lowSum = f64x2.add(lowSum, highSum);
    let total = f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1);
    let sum = f64x2.extract_lane(lowSum, 0) + f64x2.extract_lane(lowSum, 1);
    for (let j = wide; j < bytes; j += 4) {
      const x = load<f32>(row + j);
      total += <f64>f32x4.extract_lane(exp(f32x4.splat(x - top)), 0);
      sum += <f64>x;
    }
    const logTotal = log(total);
    const correct = <f64>load<f32>(row + (<usize>load<i32>(labels + (i << 2)) << 2));
    const target = smoothing == 0 ? correct : (1 - <f64>smoothing) * correct + <f64>smoothing * (sum / <f64>classes);
    store<f32>(losses + (i << 2), <f32>(<f64>weight * (<f64>top + logTotal - target)));
    store<f32>(shifts + (i << 3), top);
    store<f32>(shifts + (i << 3), <f32>logTotal, 4);
  }
}

/** dLogits[i, j] = dLosses[i] · weight · (softmax[i, j] − target[i, j]). */
export function crossEntropyGradient(
  dLogits: usize, dLosses: usize, shifts: usize, logits: usize, labels: usize, weights: usize, rows: i32, classes: i32,
  smoothing: f32,
): void {
  const rowBytes = <usize>classes << 2;
  const spread = -smoothing / <f32>classes;
  for (let i: usize = 0; i < <usize>rows; i++) {
    const weight = load<f32>(weights + (i << 2));
    const to = dLogits + i * rowBytes;
    if (weight == 0) {
      memory.fill(to, 0, rowBytes);
      continue;
    }
    const scale = weight * load<f32>(dLosses + (i << 2));
    const s = f32x4.splat(scale), rest = f32x4.splat(spread);
    const top = v128.load32_splat(shifts + (i << 3)), logTotal = v128.load32_splat(shifts + (i << 3), 4);
    const row = logits + i * rowBytes;
    for (let j = 0; j < classes; j += 4) {
      const at = <usize>j << 2;
      const n = classes - j;
      const p = exp(f32x4.sub(f32x4.sub(loadLanes(row + at, n), top), logTotal));
      storeLanes(to + at, f32x4.mul(s, f32x4.add(p, rest)), n);
    }
    const label = to + (<usize>load<i32>(labels + (i << 2)) << 2);
    store<f32>(label, load<f32>(label) - scale * (1 - smoothing));
  }
}
