// The simple recurrent network over whole sequences: h′ = tanh or relu of W x + U h + b. See `sequence.ts` for offsets,
// rowIndex and order.

import { leftScratchSize, multiplyPacked, packRight, packedSize } from './matrix-product';
import { layRows, multiplyPanels, rowLength } from './row-product';
import {
  addOutputGradients, gatherPrevious, gatherRows, inputProjection, packGates, projectionScratchSize, scatterRows,
  weightGradient, weightGradientScratchSize,
} from './sequence';
import { sumRows } from './sum-rows';
import { multiplyRow, multiplyRowByColumns } from './unpacked-product';
import { loadLanes, storeLanes, tanh } from './vector';

export function rnnForwardScratchSize(rows: i32, batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  const loop = packedSize(hiddenSize, hiddenSize) + leftScratchSize();
  return rows * hiddenSize + batch * hiddenSize + max(loop, projectionScratchSize(rows, inputSize, hiddenSize));
}

function forwardRow(gates: usize, bias: usize, hidden: usize, output: usize, size: i32, relu: bool): void {
  for (let j = 0; j < size; j += 4) {
    const at = <usize>j << 2;
    const n = size - j;
    const a = f32x4.add(loadLanes(gates + at, n), loadLanes(bias + at, n));
    // pmax keeps its first operand when it is NaN.
    const h = relu ? f32x4.pmax(a, f32x4.splat(0)) : tanh(a);
    storeLanes(hidden + at, h, n);
    storeLanes(output + at, h, n);
  }
}

export function rnnForward(
  offsets: usize, rowIndex: usize, order: usize, steps: i32, batch: i32, time: i32, inputSize: i32, hiddenSize: i32,
  inputs: usize, inputKernel: usize, recurrentKernel: usize, bias: usize, initialHidden: usize,
  outputs: usize, finalHidden: usize, relu: bool, scratch: usize,
): void {
  const hiddenBytes = <usize>hiddenSize << 2;
  const rows = load<i32>(offsets + (<usize>steps << 2));
  const gates = scratch;
  const hidden = gates + <usize>rows * hiddenBytes;
  const left = hidden + <usize>batch * hiddenBytes;
  const packed = left + (<usize>leftScratchSize() << 2);

  gatherRows(hidden, initialHidden, order, batch, hiddenSize);
  if (rows < batch * time) memory.fill(outputs, 0, <usize>(batch * time) * hiddenBytes);
  inputProjection(gates, inputs, inputKernel, rowIndex, rows, inputSize, hiddenSize, left);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) packRight(packed, recurrentKernel, hiddenSize, hiddenSize, hiddenSize, 1);

  for (let s = 0; s < steps; s++) {
    const begin = load<i32>(offsets + (<usize>s << 2));
    const active = load<i32>(offsets + (<usize>s << 2), 4) - begin;
    const gate = gates + <usize>begin * hiddenBytes;
    if (active == 1) multiplyRow(gate, hidden, 1, recurrentKernel, hiddenSize, hiddenSize, hiddenSize, true);
    else multiplyPacked(gate, hiddenSize, hidden, hiddenSize, 1, packed, active, hiddenSize, hiddenSize, true, left);
    for (let i: usize = 0; i < <usize>active; i++) {
      const output = outputs + <usize>load<i32>(rowIndex + ((<usize>begin + i) << 2)) * hiddenBytes;
      forwardRow(gate + i * hiddenBytes, bias, hidden + i * hiddenBytes, output, hiddenSize, relu);
    }
  }
  scatterRows(finalHidden, hidden, order, batch, hiddenSize);
}

export function rnnBackwardScratchSize(rows: i32, batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  const loop = packedSize(hiddenSize, hiddenSize) + leftScratchSize();
  const weights = rows * max(inputSize, hiddenSize) + weightGradientScratchSize(rows, hiddenSize);
  return batch * hiddenSize + max(loop, weights);
}

/** The slope from the output alone: 1 − h² for tanh, 1 where h > 0 for relu. */
function backwardRow(dGates: usize, output: usize, dHidden: usize, size: i32, relu: bool): void {
  const one = f32x4.splat(1);
  for (let j = 0; j < size; j += 4) {
    const at = <usize>j << 2;
    const n = size - j;
    const h = loadLanes(output + at, n), dh = loadLanes(dHidden + at, n);
    const dg = relu
      ? v128.and(dh, f32x4.gt(h, f32x4.splat(0)))
      : f32x4.mul(dh, f32x4.sub(one, f32x4.mul(h, h)));
    storeLanes(dGates + at, dg, n);
  }
}

/** `dGates` [rows, hiddenSize] is left for `inputGradient`. */
export function rnnBackward(
  offsets: usize, rowIndex: usize, order: usize, steps: i32, batch: i32, inputSize: i32, hiddenSize: i32,
  inputs: usize, recurrentKernel: usize, initialHidden: usize, outputs: usize, dOutputs: usize, dFinalHidden: usize,
  dInputKernel: usize, dRecurrentKernel: usize, dBias: usize, dInitialHidden: usize, dGates: usize, relu: bool,
  scratch: usize,
): void {
  const hiddenBytes = <usize>hiddenSize << 2;
  const rows = load<i32>(offsets + (<usize>steps << 2));
  const dHidden = scratch;
  const left = dHidden + <usize>batch * hiddenBytes;
  const packed = left + (<usize>leftScratchSize() << 2);

  gatherRows(dHidden, dFinalHidden, order, batch, hiddenSize);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) packRight(packed, recurrentKernel, hiddenSize, hiddenSize, 1, hiddenSize);

  for (let s = steps - 1; s >= 0; s--) {
    const begin = load<i32>(offsets + (<usize>s << 2));
    const active = load<i32>(offsets + (<usize>s << 2), 4) - begin;
    addOutputGradients(dHidden, dOutputs, rowIndex + (<usize>begin << 2), active, hiddenSize);
    const dStep = dGates + <usize>begin * hiddenBytes;
    for (let i: usize = 0; i < <usize>active; i++) {
      const output = outputs + <usize>load<i32>(rowIndex + ((<usize>begin + i) << 2)) * hiddenBytes;
      backwardRow(dStep + i * hiddenBytes, output, dHidden + i * hiddenBytes, hiddenSize, relu);
    }
    if (active == 1) multiplyRowByColumns(dHidden, dStep, recurrentKernel, hiddenSize, hiddenSize, hiddenSize, false);
    else multiplyPacked(dHidden, hiddenSize, dStep, hiddenSize, 1, packed, active, hiddenSize, hiddenSize, false, left);
  }
  scatterRows(dInitialHidden, dHidden, order, batch, hiddenSize);

  sumRows(dBias, dGates, rows, hiddenSize);
  const product = left + (<usize>(rows * max(inputSize, hiddenSize)) << 2);
  packGates(dGates, rows, hiddenSize, product);
  gatherRows(left, inputs, rowIndex, rows, inputSize);
  weightGradient(dInputKernel, left, rows, inputSize, hiddenSize, product);
  gatherPrevious(left, outputs, initialHidden, offsets, rowIndex, order, steps, hiddenSize);
  weightGradient(dRecurrentKernel, left, rows, hiddenSize, hiddenSize, product);
}

export function rnnStepScratchSize(batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  return batch * (hiddenSize + rowLength(inputSize + hiddenSize));
}

/** One step of every sequence, for streaming; `kernels` lie below each other, in panels (see `row-product.ts`). */
export function rnnStep(
  batch: i32, inputSize: i32, hiddenSize: i32, input: usize, kernels: usize, bias: usize, hidden: usize, nextHidden: usize,
  relu: bool, backwards: bool, scratch: usize,
): void {
  const hiddenBytes = <usize>hiddenSize << 2;
  const rows = scratch + <usize>batch * hiddenBytes;
  layRows(rows, input, inputSize, hidden, hiddenSize, batch);
  multiplyPanels(scratch, rows, kernels, batch, hiddenSize, inputSize + hiddenSize, backwards);
  for (let i: usize = 0; i < <usize>batch; i++) {
    const at = i * hiddenBytes;
    forwardRow(scratch + at, bias, nextHidden + at, nextHidden + at, hiddenSize, relu);
  }
}
