// Layer normalization along rows, forward and backward, each in one call.

import { loadLanes, multiplyAdd, storeLanes, sumLanes } from './vector';

/** means[i] and scales[i] = 1 / √(variance + ε) of each row, and outputs = (x − mean) · scale · gain + bias. */
export function layerNorm(
  outputs: usize, means: usize, scales: usize, inputs: usize, gain: usize, bias: usize, rows: i32, width: i32, epsilon: f64,
): void {
  const bytes = <usize>width << 2;
  const wide = <usize>(width & ~3) << 2;
  for (let i: usize = 0; i < <usize>rows; i++) {
    let low = f32x4.splat(0), high = low;
    let at: usize = 0;
    for (; at + 32 <= bytes; at += 32) {
      low = f32x4.add(low, v128.load(inputs + at));
      high = f32x4.add(high, v128.load(inputs + at, 16));
    }
    for (; at < wide; at += 16) low = f32x4.add(low, v128.load(inputs + at));
    let total = sumLanes(f32x4.add(low, high));
    for (; at < bytes; at += 4) total += load<f32>(inputs + at);
    const mean = <f32>(<f64>total / <f64>width);

    // The second pass looks at differences: the mean of the squares less the square of the mean would cancel.
    const m = f32x4.splat(mean);
    low = high = f32x4.splat(0);
    for (at = 0; at + 32 <= bytes; at += 32) {
      const a = f32x4.sub(v128.load(inputs + at), m), b = f32x4.sub(v128.load(inputs + at, 16), m);
      low = multiplyAdd(a, a, low);
      high = multiplyAdd(b, b, high);
    }
    for (; at < wide; at += 16) {
      const a = f32x4.sub(v128.load(inputs + at), m);
      low = multiplyAdd(a, a, low);
    }
    let squares = sumLanes(f32x4.add(low, high));
    for (; at < bytes; at += 4) {
      const a = load<f32>(inputs + at) - mean;
      squares += a * a;
    }
    const scale = <f32>(1 / Math.sqrt(<f64>squares / <f64>width + epsilon));

    const s = f32x4.splat(scale);
    for (let j = 0; j < width; j += 4) {
      const to = <usize>j << 2;
      const n = width - j;
      const x = f32x4.mul(f32x4.sub(loadLanes(inputs + to, n), m), s);
      storeLanes(outputs + to, multiplyAdd(x, loadLanes(gain + to, n), loadLanes(bias + to, n)), n);
    }
    store<f32>(means + (i << 2), mean);
    store<f32>(scales + (i << 2), scale);
    inputs += bytes;
    outputs += bytes;
  }
}

/** With x̂ = (x − mean) · scale and d = dOutputs · gain: dInputs = scale · (d − mean d − x̂ · mean(d x̂)), dGain = Σ dOutputs x̂. */
export function layerNormGradient(
  dInputs: usize, dGain: usize, dBias: usize, dOutputs: usize, inputs: usize, gain: usize, means: usize, scales: usize,
  rows: i32, width: i32,
): void {
  const bytes = <usize>width << 2;
  memory.fill(dGain, 0, bytes);
  memory.fill(dBias, 0, bytes);
  for (let i: usize = 0; i < <usize>rows; i++) {
    const m = f32x4.splat(load<f32>(means + (i << 2))), s = f32x4.splat(load<f32>(scales + (i << 2)));
    let sum = f32x4.splat(0), weighted = sum;
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const n = width - j;
      const dy = loadLanes(dOutputs + at, n);
      const x = f32x4.mul(f32x4.sub(loadLanes(inputs + at, n), m), s);
      // Lanes past the row are zero in dy.
      const d = f32x4.mul(dy, loadLanes(gain + at, n));
      sum = f32x4.add(sum, d);
      weighted = multiplyAdd(d, x, weighted);
      storeLanes(dGain + at, multiplyAdd(dy, x, loadLanes(dGain + at, n)), n);
      storeLanes(dBias + at, f32x4.add(loadLanes(dBias + at, n), dy), n);
    }
    const meanD = f32x4.splat(<f32>(<f64>sumLanes(sum) / <f64>width));
    const meanWeighted = f32x4.splat(<f32>(<f64>sumLanes(weighted) / <f64>width));
    for (let j = 0; j < width; j += 4) {
      const at = <usize>j << 2;
      const n = width - j;
      const x = f32x4.mul(f32x4.sub(loadLanes(inputs + at, n), m), s);
      const d = f32x4.mul(loadLanes(dOutputs + at, n), loadLanes(gain + at, n));
      const rest = f32x4.sub(f32x4.sub(d, meanD), f32x4.mul(x, meanWeighted));
      storeLanes(dInputs + at, f32x4.mul(s, rest), n);
    }
    inputs += bytes;
    dOutputs += bytes;
    dInputs += bytes;
  }
}
