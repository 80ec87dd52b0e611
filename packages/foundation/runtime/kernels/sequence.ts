// What the recurrent kernels share. A batch of sequences is worked on as packed rows: sequences sorted by length, longest
// first, and only the real steps, step by step. Step s holds rows `offsets[s]` to `offsets[s + 1]`; row i of every step
// belongs to the sequence `order[i]`, and `rowIndex[row]` is its place, b · time + t, in a [batch, time, …] tensor.

import {
  leftScratchSize,
  multiply,
  multiplyPacked,
  packedSize,
  packRight,
  productScratchSize,
} from './matrix-product';
import { loadLanes, storeLanes } from './vector';

/** target[i] = source[index[i]], rows of `width` floats. */
export function gatherRows(target: usize, source: usize, index: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(target, source + <usize>load<i32>(index + (<usize>i << 2)) * bytes, bytes);
    target += bytes;
  }
}

/** target[index[i]] = source[i], rows of `width` floats. */
export function scatterRows(target: usize, source: usize, index: usize, rows: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (let i = 0; i < rows; i++) {
    memory.copy(target + <usize>load<i32>(index + ((<usize>i) << 2)) * bytes, source, bytes);
    source += bytes;
  }
}

/** The hidden state before every packed row: the initial state in the first step, later the output of the step before. */
export function gatherPrevious(
  target: usize,
  outputs: usize,
  initial: usize,
  offsets: usize,
  rowIndex: usize,
  order: usize,
  steps: i32,
  hiddenSize: i32,
): void {
  for (let s = 0; s < steps; s++) {
    const begin = load<i32>(offsets + ((<usize>s) << 2));
    const rows = load<i32>(offsets + ((<usize>s) << 2), 4) - begin;
    const to = target + ((<usize>begin * <usize>hiddenSize) << 2);
    if (s == 0) {
      gatherRows(to, initial, order, rows, hiddenSize);
    } else {
      const before = load<i32>(offsets + ((<usize>(s - 1)) << 2));
      gatherRows(to, outputs, rowIndex + ((<usize>before) << 2), rows, hiddenSize);
    }
  }
}

/** `sum[i, :] += source[rowIndex[i], :]`: what the loss asks of the outputs joins what later steps ask. */
export function addOutputGradients(sum: usize, source: usize, rowIndex: usize, rows: i32, width: i32): void {
  const bytes = (<usize>width) << 2;
  for (let i = 0; i < rows; i++) {
    const from = source + <usize>load<i32>(rowIndex + ((<usize>i) << 2)) * bytes;
    for (let j = 0; j < width; j += 4) {
      const at = (<usize>j) << 2;
      const n = width - j;
      storeLanes(sum + at, f32x4.add(loadLanes(sum + at, n), loadLanes(from + at, n)), n);
    }
    sum += bytes;
  }
}

/** Floats of scratch for `inputProjection`. */
export function projectionScratchSize(rows: i32, inputSize: i32, width: i32): i32 {
  return rows * inputSize + productScratchSize(rows, width, inputSize);
}

/** gates[row, :] = inputs[rowIndex[row], :] · inputKernel for all steps in one product. */
export function inputProjection(
  gates: usize,
  inputs: usize,
  inputKernel: usize,
  rowIndex: usize,
  rows: i32,
  inputSize: i32,
  width: i32,
  scratch: usize,
): void {
  gatherRows(scratch, inputs, rowIndex, rows, inputSize);
  multiply(
    gates,
    width,
    scratch,
    inputSize,
    1,
    inputKernel,
    width,
    1,
    rows,
    width,
    inputSize,
    false,
    scratch + ((<usize>rows * <usize>inputSize) << 2),
  );
}

/** Floats of scratch for `inputGradient`. */
export function inputGradientScratchSize(rows: i32, inputSize: i32, width: i32): i32 {
  return rows * inputSize + productScratchSize(rows, inputSize, width);
}

/** The gradient of the inputs from that of the gates; padded steps get zeros. */
export function inputGradient(
  dInputs: usize,
  dGates: usize,
  inputKernel: usize,
  rowIndex: usize,
  rows: i32,
  allRows: i32,
  inputSize: i32,
  width: i32,
  scratch: usize,
): void {
  const product = scratch + ((<usize>rows * <usize>inputSize) << 2);
  multiply(
    scratch,
    inputSize,
    dGates,
    width,
    1,
    inputKernel,
    1,
    width,
    rows,
    inputSize,
    width,
    false,
    product,
  );
  if (rows < allRows) memory.fill(dInputs, 0, (<usize>allRows * <usize>inputSize) << 2);
  scatterRows(dInputs, scratch, rowIndex, rows, inputSize);
}

/** Floats of scratch for `weightGradient`. */
export function weightGradientScratchSize(rows: i32, width: i32): i32 {
  return leftScratchSize() + packedSize(rows, width);
}

/** Packs dGates once for the gradients of both kernels. */
export function packGates(dGates: usize, rows: i32, width: i32, scratch: usize): void {
  packRight(scratch + ((<usize>leftScratchSize()) << 2), dGates, rows, width, width, 1);
}

/** gradient[leftWidth, width] = leftᵀ · dGates, with dGates packed by `packGates` in the same scratch. */
export function weightGradient(
  gradient: usize,
  left: usize,
  rows: i32,
  leftWidth: i32,
  width: i32,
  scratch: usize,
): void {
  if (rows == 0) {
    memory.fill(gradient, 0, (<usize>leftWidth * <usize>width) << 2);
    return;
  }
  multiplyPacked(
    gradient,
    width,
    left,
    1,
    leftWidth,
    scratch + ((<usize>leftScratchSize()) << 2),
    leftWidth,
    width,
    rows,
    false,
    scratch,
  );
}
