// Long short-term memory over whole sequences, forward and back through time. Gates along the last axis: input, forget,
// candidate, output. See `sequence.ts` for offsets, rowIndex and order.

import {
  leftScratchSize,
  multiply,
  multiplyPacked,
  multiplyRow,
  multiplyRowByColumns,
  packedSize,
  packRight,
} from './matrix-product';
import {
  addOutputGradients,
  gatherPrevious,
  gatherRows,
  inputProjection,
  packGates,
  projectionScratchSize,
  scatterRows,
  stepScratchSize,
  weightGradient,
  weightGradientScratchSize,
} from './sequence';
import { sumRows } from './sum-rows';
import { loadLanes, multiplyAdd, sigmoid, storeLanes, tanh } from './vector';

export function lstmForwardScratchSize(rows: i32, batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  const loop = packedSize(hiddenSize, 4 * hiddenSize) + leftScratchSize();
  return 2 * batch * hiddenSize + max(loop, projectionScratchSize(rows, inputSize, 4 * hiddenSize));
}

/** Four units of `forwardRow`, or the `n` last ones. */
// @ts-expect-error: decorator
@inline
export function forwardUnits(
  gi: usize, bi: usize, cell: usize, savedCell: usize, hidden: usize, output: usize, block: usize, n: i32,
): void {
  const gf = gi + block, gg = gf + block, go = gg + block;
  const bf = bi + block, bg = bf + block, bo = bg + block;
  const i = sigmoid(f32x4.add(loadLanes(gi, n), loadLanes(bi, n)));
  const f = sigmoid(f32x4.add(loadLanes(gf, n), loadLanes(bf, n)));
  const g = tanh(f32x4.add(loadLanes(gg, n), loadLanes(bg, n)));
  const o = sigmoid(f32x4.add(loadLanes(go, n), loadLanes(bo, n)));
  const c = multiplyAdd(f, loadLanes(cell, n), f32x4.mul(i, g));
  const h = f32x4.mul(o, tanh(c));
  storeLanes(gi, i, n);
  storeLanes(gf, f, n);
  storeLanes(gg, g, n);
  storeLanes(go, o, n);
  storeLanes(cell, c, n);
  storeLanes(savedCell, c, n);
  storeLanes(hidden, h, n);
  storeLanes(output, h, n);
}

/** Activates one row of gates in place and writes the cell (running and saved) and the hidden state (running and output). */
function forwardRow(
  gates: usize, bias: usize, cell: usize, savedCell: usize, hidden: usize, output: usize, size: i32,
): void {
  const block = <usize>size << 2;
  const whole = <usize>(size & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    forwardUnits(gates + at, bias + at, cell + at, savedCell + at, hidden + at, output + at, block, 4);
  }
  if (whole < block) {
    forwardUnits(
      gates + whole, bias + whole, cell + whole, savedCell + whole, hidden + whole, output + whole, block, size & 3,
    );
  }
}

export function lstmForward(
  offsets: usize,
  rowIndex: usize,
  order: usize,
  steps: i32,
  batch: i32,
  time: i32,
  inputSize: i32,
  hiddenSize: i32,
  inputs: usize,
  inputKernel: usize,
  recurrentKernel: usize,
  bias: usize,
  initialHidden: usize,
  initialCell: usize,
  outputs: usize,
  finalHidden: usize,
  finalCell: usize,
  gates: usize,
  cells: usize,
  scratch: usize,
): void {
  const width = 4 * hiddenSize;
  const hiddenBytes = (<usize>hiddenSize) << 2;
  const gateBytes = (<usize>width) << 2;
  const rows = load<i32>(offsets + ((<usize>steps) << 2));
  const hidden = scratch;
  const cell = hidden + <usize>batch * hiddenBytes;
  const left = cell + <usize>batch * hiddenBytes;
  const packed = left + ((<usize>leftScratchSize()) << 2);

  gatherRows(hidden, initialHidden, order, batch, hiddenSize);
  gatherRows(cell, initialCell, order, batch, hiddenSize);
  if (rows < batch * time) memory.fill(outputs, 0, <usize>(batch * time) * hiddenBytes);
  inputProjection(gates, inputs, inputKernel, rowIndex, rows, inputSize, width, left);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) packRight(packed, recurrentKernel, hiddenSize, width, width, 1);

  for (let s = 0; s < steps; s++) {
    const begin = load<i32>(offsets + ((<usize>s) << 2));
    const active = load<i32>(offsets + ((<usize>s) << 2), 4) - begin;
    let gate = gates + <usize>begin * gateBytes;
    if (active == 1) multiplyRow(gate, hidden, 1, recurrentKernel, width, width, hiddenSize, true);
    else multiplyPacked(gate, width, hidden, hiddenSize, 1, packed, active, width, hiddenSize, true, left);
    let saved = cells + <usize>begin * hiddenBytes;
    for (let i: usize = 0; i < <usize>active; i++) {
      const output = outputs + <usize>load<i32>(rowIndex + ((<usize>begin + i) << 2)) * hiddenBytes;
      forwardRow(gate, bias, cell + i * hiddenBytes, saved, hidden + i * hiddenBytes, output, hiddenSize);
      gate += gateBytes;
      saved += hiddenBytes;
    }
  }
  scatterRows(finalHidden, hidden, order, batch, hiddenSize);
  scatterRows(finalCell, cell, order, batch, hiddenSize);
}

export function lstmBackwardScratchSize(rows: i32, batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  const loop = packedSize(4 * hiddenSize, hiddenSize) + leftScratchSize();
  const weights =
    rows * max(inputSize, hiddenSize) + weightGradientScratchSize(rows, 4 * hiddenSize);
  return 3 * batch * hiddenSize + max(loop, weights);
}

/** Four units of `backwardRow`, or the `n` last ones. */
// @ts-expect-error: decorator
@inline
export function backwardUnits(
  di: usize, gi: usize, cell: usize, previousCell: usize, dHidden: usize, dCell: usize, block: usize, n: i32,
): void {
  const one = f32x4.splat(1);
  const gf = gi + block, gg = gf + block, go = gg + block;
  const df = di + block, dg = df + block, d_o = dg + block;
  const i = loadLanes(gi, n), f = loadLanes(gf, n), g = loadLanes(gg, n), o = loadLanes(go, n);
  const t = tanh(loadLanes(cell, n));
  const dh = loadLanes(dHidden, n);
  const dc = multiplyAdd(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(t, t)), loadLanes(dCell, n));
  storeLanes(di, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))), n);
  storeLanes(df, f32x4.mul(f32x4.mul(dc, loadLanes(previousCell, n)), f32x4.mul(f, f32x4.sub(one, f))), n);
  storeLanes(dg, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))), n);
  storeLanes(d_o, f32x4.mul(f32x4.mul(dh, t), f32x4.mul(o, f32x4.sub(one, o))), n);
  storeLanes(dCell, f32x4.mul(dc, f), n);
}

function backwardRow(
  dGates: usize, gates: usize, cell: usize, previousCell: usize, dHidden: usize, dCell: usize, size: i32,
): void {
  const block = <usize>size << 2;
  const whole = <usize>(size & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    backwardUnits(dGates + at, gates + at, cell + at, previousCell + at, dHidden + at, dCell + at, block, 4);
  }
  if (whole < block) {
    backwardUnits(
      dGates + whole, gates + whole, cell + whole, previousCell + whole, dHidden + whole, dCell + whole, block, size & 3,
    );
  }
}

/** `dGates` [rows, 4 · hiddenSize] is left for `inputGradient`. */
export function lstmBackward(
  offsets: usize,
  rowIndex: usize,
  order: usize,
  steps: i32,
  batch: i32,
  inputSize: i32,
  hiddenSize: i32,
  inputs: usize,
  recurrentKernel: usize,
  initialHidden: usize,
  initialCell: usize,
  outputs: usize,
  gates: usize,
  cells: usize,
  dOutputs: usize,
  dFinalHidden: usize,
  dFinalCell: usize,
  dInputKernel: usize,
  dRecurrentKernel: usize,
  dBias: usize,
  dInitialHidden: usize,
  dInitialCell: usize,
  dGates: usize,
  scratch: usize,
): void {
  const width = 4 * hiddenSize;
  const hiddenBytes = (<usize>hiddenSize) << 2;
  const gateBytes = (<usize>width) << 2;
  const rows = load<i32>(offsets + ((<usize>steps) << 2));
  const dHidden = scratch;
  const dCell = dHidden + <usize>batch * hiddenBytes;
  const firstCell = dCell + <usize>batch * hiddenBytes;
  const left = firstCell + <usize>batch * hiddenBytes;
  const packed = left + ((<usize>leftScratchSize()) << 2);

  gatherRows(dHidden, dFinalHidden, order, batch, hiddenSize);
  gatherRows(dCell, dFinalCell, order, batch, hiddenSize);
  gatherRows(firstCell, initialCell, order, batch, hiddenSize);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) packRight(packed, recurrentKernel, width, hiddenSize, 1, width);

  for (let s = steps - 1; s >= 0; s--) {
    const begin = load<i32>(offsets + ((<usize>s) << 2));
    const active = load<i32>(offsets + ((<usize>s) << 2), 4) - begin;
    const before =
      s > 0 ? cells + <usize>load<i32>(offsets + ((<usize>(s - 1)) << 2)) * hiddenBytes : firstCell;
    if (dOutputs != 0)
      addOutputGradients(dHidden, dOutputs, rowIndex + ((<usize>begin) << 2), active, hiddenSize);
    const dGate = dGates + <usize>begin * gateBytes;
    for (let i: usize = 0; i < <usize>active; i++) {
      const row = <usize>begin + i;
      backwardRow(
        dGate + i * gateBytes,
        gates + row * gateBytes,
        cells + row * hiddenBytes,
        before + i * hiddenBytes,
        dHidden + i * hiddenBytes,
        dCell + i * hiddenBytes,
        hiddenSize,
      );
    }
    if (active == 1) multiplyRowByColumns(dHidden, dGate, recurrentKernel, width, hiddenSize, width, false);
    else multiplyPacked(dHidden, hiddenSize, dGate, width, 1, packed, active, hiddenSize, width, false, left);
  }
  scatterRows(dInitialHidden, dHidden, order, batch, hiddenSize);
  scatterRows(dInitialCell, dCell, order, batch, hiddenSize);

  sumRows(dBias, dGates, rows, width);
  const product = left + ((<usize>(rows * max(inputSize, hiddenSize))) << 2);
  packGates(dGates, rows, width, product);
  gatherRows(left, inputs, rowIndex, rows, inputSize);
  weightGradient(dInputKernel, left, rows, inputSize, width, product);
  gatherPrevious(left, outputs, initialHidden, offsets, rowIndex, order, steps, hiddenSize);
  weightGradient(dRecurrentKernel, left, rows, hiddenSize, width, product);
}

export function lstmStepScratchSize(batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  return 4 * batch * hiddenSize + stepScratchSize(batch, inputSize, hiddenSize, 4 * hiddenSize);
}

/** One step of every sequence, for streaming: nothing is packed for a batch of one. */
export function lstmStep(
  batch: i32, inputSize: i32, hiddenSize: i32, input: usize, inputKernel: usize, recurrentKernel: usize, bias: usize,
  hidden: usize, cell: usize, nextHidden: usize, nextCell: usize, scratch: usize,
): void {
  const width = 4 * hiddenSize;
  const hiddenBytes = <usize>hiddenSize << 2;
  const left = scratch + ((<usize>batch * <usize>width) << 2);
  multiply(scratch, width, input, inputSize, 1, inputKernel, width, 1, batch, width, inputSize, false, left);
  multiply(scratch, width, hidden, hiddenSize, 1, recurrentKernel, width, 1, batch, width, hiddenSize, true, left);
  memory.copy(nextCell, cell, <usize>batch * hiddenBytes);
  for (let i: usize = 0; i < <usize>batch; i++) {
    const at = i * hiddenBytes;
    forwardRow(scratch + 4 * at, bias, nextCell + at, nextCell + at, nextHidden + at, nextHidden + at, hiddenSize);
  }
}
