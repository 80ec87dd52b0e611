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
    for (at = 0; at < wide; at += 16) normLanes(outputs + at, inputs + at, gain + at, bias + at, 4, m, s);
    if (wide < bytes) normLanes(outputs + wide, inputs + wide, gain + wide, bias + wide, width & 3, m, s);
    store<f32>(means + (i << 2), mean);
    store<f32>(scales + (i << 2), scale);
    inputs += bytes;
    outputs += bytes;
  }
}

// @ts-expect-error: decorator
@inline
export function normLanes(output: usize, input: usize, gain: usize, bias: usize, n: i32, m: v128, s: v128): void {
  const x = f32x4.mul(f32x4.sub(loadLanes(input, n), m), s);
  storeLanes(output, multiplyAdd(x, loadLanes(gain, n), loadLanes(bias, n)), n);
}

/** With x̂ = (x − mean) · scale and d = dOutputs · gain: dInputs = scale · (d − mean d − x̂ · mean(d x̂)), dGain = Σ dOutputs x̂. */
export function layerNormGradient(
  dInputs: usize, dGain: usize, dBias: usize, dOutputs: usize, inputs: usize, gain: usize, means: usize, scales: usize,
  rows: i32, width: i32,
): void {
  const bytes = <usize>width << 2;
  const wide = <usize>(width & ~3) << 2;
  const tail = width & 3;
  memory.fill(dGain, 0, bytes);
  memory.fill(dBias, 0, bytes);
  for (let i: usize = 0; i < <usize>rows; i++) {
    const m = v128.load32_splat(means + (i << 2)), s = v128.load32_splat(scales + (i << 2));
    let sum = f32x4.splat(0), weighted = sum;
    for (let at: usize = 0; at < wide; at += 16) {
      const dy = v128.load(dOutputs + at);
      const x = f32x4.mul(f32x4.sub(v128.load(inputs + at), m), s);
      const d = f32x4.mul(dy, v128.load(gain + at));
      sum = f32x4.add(sum, d);
      weighted = multiplyAdd(d, x, weighted);
      v128.store(dGain + at, multiplyAdd(dy, x, v128.load(dGain + at)));
      v128.store(dBias + at, f32x4.add(v128.load(dBias + at), dy));
    }
    if (tail) {
      const dy = loadLanes(dOutputs + wide, tail);
      const x = f32x4.mul(f32x4.sub(loadLanes(inputs + wide, tail), m), s);
      // Lanes past the row are zero in dy.
      const d = f32x4.mul(dy, loadLanes(gain + wide, tail));
      sum = f32x4.add(sum, d);
      weighted = multiplyAdd(d, x, weighted);
      storeLanes(dGain + wide, multiplyAdd(dy, x, loadLanes(dGain + wide, tail)), tail);
      storeLanes(dBias + wide, f32x4.add(loadLanes(dBias + wide, tail), dy), tail);
    }
    const meanD = f32x4.splat(<f32>(<f64>sumLanes(sum) / <f64>width));
    const meanWeighted = f32x4.splat(<f32>(<f64>sumLanes(weighted) / <f64>width));
    for (let at: usize = 0; at < wide; at += 16) {
      inputGradientLanes(dInputs + at, dOutputs + at, inputs + at, gain + at, 4, m, s, meanD, meanWeighted);
    }
    if (tail) {
      inputGradientLanes(dInputs + wide, dOutputs + wide, inputs + wide, gain + wide, tail, m, s, meanD, meanWeighted);
    }
    inputs += bytes;
    dOutputs += bytes;
    dInputs += bytes;
  }
}

// @ts-expect-error: decorator
@inline
export function inputGradientLanes(
  dInput: usize, dOutput: usize, input: usize, gain: usize, n: i32, m: v128, s: v128, meanD: v128, meanWeighted: v128,
): void {
  const x = f32x4.mul(f32x4.sub(loadLanes(input, n), m), s);
  const d = f32x4.mul(loadLanes(dOutput, n), loadLanes(gain, n));
  storeLanes(dInput, f32x4.mul(s, f32x4.sub(f32x4.sub(d, meanD), f32x4.mul(x, meanWeighted))), n);
}
