// Gated recurrent units over whole sequences, resetting after the recurrent product. Gates along the last axis: reset,
// update, candidate. See `sequence.ts` for offsets, rowIndex and order.

import { leftScratchSize, multiplyPacked, packRight, packedSize } from './matrix-product';
import { layRows, multiplyPanels, rowLength } from './row-product';
import {
  addOutputGradients, gatherPrevious, gatherRows, inputProjection, packGates, projectionScratchSize, scatterRows,
  weightGradient, weightGradientScratchSize,
} from './sequence';
import { sumRows } from './sum-rows';
import { multiplyRow, multiplyRowByColumns } from './unpacked-product';
import { loadLanes, multiplyAdd, sigmoid, storeLanes, tanh } from './vector';

export function gruForwardScratchSize(rows: i32, batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  const loop = packedSize(hiddenSize, 3 * hiddenSize) + leftScratchSize();
  return 4 * batch * hiddenSize + max(loop, projectionScratchSize(rows, inputSize, 3 * hiddenSize));
}

/** Four units of `forwardRow`, or the `n` last ones. */
// @ts-expect-error: decorator
@inline
export function forwardUnits(
  gr: usize, hr: usize, br: usize, cr: usize, savedCandidate: usize, hidden: usize, output: usize, block: usize, n: i32,
): void {
  const gz = gr + block, gn = gz + block;
  const hz = hr + block, hn = hz + block;
  const bz = br + block, bn = bz + block;
  const cz = cr + block, cn = cz + block;
  const r = sigmoid(f32x4.add(
    f32x4.add(loadLanes(gr, n), loadLanes(hr, n)), f32x4.add(loadLanes(br, n), loadLanes(cr, n)),
  ));
  const z = sigmoid(f32x4.add(
    f32x4.add(loadLanes(gz, n), loadLanes(hz, n)), f32x4.add(loadLanes(bz, n), loadLanes(cz, n)),
  ));
  const m = f32x4.add(loadLanes(hn, n), loadLanes(cn, n));
  const c = tanh(multiplyAdd(r, m, f32x4.add(loadLanes(gn, n), loadLanes(bn, n))));
  const h = multiplyAdd(z, f32x4.sub(loadLanes(hidden, n), c), c);
  storeLanes(gr, r, n);
  storeLanes(gz, z, n);
  storeLanes(gn, c, n);
  storeLanes(savedCandidate, m, n);
  storeLanes(hidden, h, n);
  storeLanes(output, h, n);
}

/** Activates one row of gates in place, and writes the recurrent candidate (for the way back) and the hidden state. */
function forwardRow(
  gates: usize, recurrent: usize, inputBias: usize, recurrentBias: usize, savedCandidate: usize, hidden: usize, output: usize,
  size: i32,
): void {
  const block = <usize>size << 2;
  const whole = <usize>(size & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    forwardUnits(
      gates + at, recurrent + at, inputBias + at, recurrentBias + at, savedCandidate + at, hidden + at, output + at, block, 4,
    );
  }
  if (whole < block) {
    forwardUnits(
      gates + whole, recurrent + whole, inputBias + whole, recurrentBias + whole, savedCandidate + whole, hidden + whole,
      output + whole, block, size & 3,
    );
  }
}

export function gruForward(
  offsets: usize, rowIndex: usize, order: usize, steps: i32, batch: i32, time: i32, inputSize: i32, hiddenSize: i32,
  inputs: usize, inputKernel: usize, recurrentKernel: usize, inputBias: usize, recurrentBias: usize, initialHidden: usize,
  outputs: usize, finalHidden: usize, gates: usize, candidates: usize, scratch: usize,
): void {
  const width = 3 * hiddenSize;
  const hiddenBytes = <usize>hiddenSize << 2;
  const gateBytes = <usize>width << 2;
  const rows = load<i32>(offsets + (<usize>steps << 2));
  const hidden = scratch;
  const recurrent = hidden + <usize>batch * hiddenBytes;
  const left = recurrent + <usize>batch * gateBytes;
  const packed = left + (<usize>leftScratchSize() << 2);

  gatherRows(hidden, initialHidden, order, batch, hiddenSize);
  if (rows < batch * time) memory.fill(outputs, 0, <usize>(batch * time) * hiddenBytes);
  inputProjection(gates, inputs, inputKernel, rowIndex, rows, inputSize, width, left);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) packRight(packed, recurrentKernel, hiddenSize, width, width, 1);

  for (let s = 0; s < steps; s++) {
    const begin = load<i32>(offsets + (<usize>s << 2));
    const active = load<i32>(offsets + (<usize>s << 2), 4) - begin;
    if (active == 1) multiplyRow(recurrent, hidden, 1, recurrentKernel, width, width, hiddenSize, false);
    else multiplyPacked(recurrent, width, hidden, hiddenSize, 1, packed, active, width, hiddenSize, false, left);
    for (let i: usize = 0; i < <usize>active; i++) {
      const row = <usize>begin + i;
      forwardRow(
        gates + row * gateBytes, recurrent + i * gateBytes, inputBias, recurrentBias, candidates + row * hiddenBytes,
        hidden + i * hiddenBytes, outputs + <usize>load<i32>(rowIndex + (row << 2)) * hiddenBytes, hiddenSize,
      );
    }
  }
  scatterRows(finalHidden, hidden, order, batch, hiddenSize);
}

export function gruBackwardScratchSize(rows: i32, batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  const loop = packedSize(3 * hiddenSize, hiddenSize) + leftScratchSize();
  const weights = rows * inputSize + weightGradientScratchSize(rows, 3 * hiddenSize);
  return batch * hiddenSize + 4 * rows * hiddenSize + max(loop, weights);
}

/** Four units of `backwardRow`, or the `n` last ones. */
// @ts-expect-error: decorator
@inline
export function backwardUnits(
  dr: usize, er: usize, gr: usize, candidate: usize, previous: usize, dHidden: usize, block: usize, n: i32,
): void {
  const one = f32x4.splat(1);
  const gz = gr + block, gn = gz + block;
  const dz = dr + block, dn = dz + block;
  const ez = er + block, en = ez + block;
  const r = loadLanes(gr, n), z = loadLanes(gz, n), c = loadLanes(gn, n);
  const dh = loadLanes(dHidden, n);
  const dc = f32x4.mul(f32x4.mul(dh, f32x4.sub(one, z)), f32x4.sub(one, f32x4.mul(c, c)));
  const reset = f32x4.mul(f32x4.mul(dc, loadLanes(candidate, n)), f32x4.mul(r, f32x4.sub(one, r)));
  const update = f32x4.mul(f32x4.mul(dh, f32x4.sub(loadLanes(previous, n), c)), f32x4.mul(z, f32x4.sub(one, z)));
  storeLanes(dr, reset, n);
  storeLanes(dz, update, n);
  storeLanes(dn, dc, n);
  storeLanes(er, reset, n);
  storeLanes(ez, update, n);
  storeLanes(en, f32x4.mul(dc, r), n);
  storeLanes(dHidden, f32x4.mul(dh, z), n);
}

/** Leaves in `dHidden` the part of the gradient that reaches the state before without the recurrent product. */
function backwardRow(
  dGates: usize, dRecurrent: usize, gates: usize, candidate: usize, previous: usize, dHidden: usize, size: i32,
): void {
  const block = <usize>size << 2;
  const whole = <usize>(size & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    backwardUnits(dGates + at, dRecurrent + at, gates + at, candidate + at, previous + at, dHidden + at, block, 4);
  }
  if (whole < block) {
    backwardUnits(
      dGates + whole, dRecurrent + whole, gates + whole, candidate + whole, previous + whole, dHidden + whole, block, size & 3,
    );
  }
}

/** `dGates` [rows, 3 · hiddenSize] is left for `inputGradient`. */
export function gruBackward(
  offsets: usize, rowIndex: usize, order: usize, steps: i32, batch: i32, inputSize: i32, hiddenSize: i32,
  inputs: usize, recurrentKernel: usize, initialHidden: usize, outputs: usize, gates: usize, candidates: usize,
  dOutputs: usize, dFinalHidden: usize,
  dInputKernel: usize, dRecurrentKernel: usize, dInputBias: usize, dRecurrentBias: usize, dInitialHidden: usize,
  dGates: usize, scratch: usize,
): void {
  const width = 3 * hiddenSize;
  const hiddenBytes = <usize>hiddenSize << 2;
  const gateBytes = <usize>width << 2;
  const rows = load<i32>(offsets + (<usize>steps << 2));
  const dHidden = scratch;
  const previous = dHidden + <usize>batch * hiddenBytes;
  const dRecurrent = previous + <usize>rows * hiddenBytes;
  const left = dRecurrent + <usize>rows * gateBytes;
  const packed = left + (<usize>leftScratchSize() << 2);

  gatherRows(dHidden, dFinalHidden, order, batch, hiddenSize);
  gatherPrevious(previous, outputs, initialHidden, offsets, rowIndex, order, steps, hiddenSize);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) packRight(packed, recurrentKernel, width, hiddenSize, 1, width);

  for (let s = steps - 1; s >= 0; s--) {
    const begin = load<i32>(offsets + (<usize>s << 2));
    const active = load<i32>(offsets + (<usize>s << 2), 4) - begin;
    addOutputGradients(dHidden, dOutputs, rowIndex + (<usize>begin << 2), active, hiddenSize);
    for (let i: usize = 0; i < <usize>active; i++) {
      const row = <usize>begin + i;
      backwardRow(
        dGates + row * gateBytes, dRecurrent + row * gateBytes, gates + row * gateBytes, candidates + row * hiddenBytes,
        previous + row * hiddenBytes, dHidden + i * hiddenBytes, hiddenSize,
      );
    }
    const dStep = dRecurrent + <usize>begin * gateBytes;
    if (active == 1) multiplyRowByColumns(dHidden, dStep, recurrentKernel, width, hiddenSize, width, true);
    else multiplyPacked(dHidden, hiddenSize, dStep, width, 1, packed, active, hiddenSize, width, true, left);
  }
  scatterRows(dInitialHidden, dHidden, order, batch, hiddenSize);

  sumRows(dInputBias, dGates, rows, width);
  sumRows(dRecurrentBias, dRecurrent, rows, width);
  const product = left + (<usize>(rows * inputSize) << 2);
  packGates(dGates, rows, width, product);
  gatherRows(left, inputs, rowIndex, rows, inputSize);
  weightGradient(dInputKernel, left, rows, inputSize, width, product);
  packGates(dRecurrent, rows, width, product);
  weightGradient(dRecurrentKernel, previous, rows, hiddenSize, width, product);
}

export function gruStepScratchSize(batch: i32, inputSize: i32, hiddenSize: i32): i32 {
  return batch * (6 * hiddenSize + rowLength(inputSize) + rowLength(hiddenSize));
}

/** One step of every sequence, for streaming; both kernels lie in panels (see `row-product.ts`). */
export function gruStep(
  batch: i32, inputSize: i32, hiddenSize: i32, input: usize, inputKernel: usize, recurrentKernel: usize, inputBias: usize,
  recurrentBias: usize, hidden: usize, nextHidden: usize, backwards: bool, scratch: usize,
): void {
  const width = 3 * hiddenSize;
  const hiddenBytes = <usize>hiddenSize << 2;
  const recurrent = scratch + 3 * <usize>batch * hiddenBytes;
  const rows = recurrent + 3 * <usize>batch * hiddenBytes;
  const hiddenRows = rows + (<usize>(batch * rowLength(inputSize)) << 2);
  layRows(rows, input, inputSize, 0, 0, batch);
  layRows(hiddenRows, hidden, hiddenSize, 0, 0, batch);
  if (!backwards) multiplyPanels(scratch, rows, inputKernel, batch, width, inputSize, false);
  multiplyPanels(recurrent, hiddenRows, recurrentKernel, batch, width, hiddenSize, backwards);
  if (backwards) multiplyPanels(scratch, rows, inputKernel, batch, width, inputSize, true);
  memory.copy(nextHidden, hidden, <usize>batch * hiddenBytes);
  for (let i: usize = 0; i < <usize>batch; i++) {
    const at = i * hiddenBytes;
    // The saved candidate has no reader here: it goes where it came from.
    const candidate = recurrent + 3 * at + 2 * hiddenBytes;
    forwardRow(scratch + 3 * at, recurrent + 3 * at, inputBias, recurrentBias, candidate, nextHidden + at, nextHidden + at, hiddenSize);
  }
}
