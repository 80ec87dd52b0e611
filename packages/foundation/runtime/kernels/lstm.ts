// Long short-term memory over whole sequences, forward and back through time. Gates along the last axis: input, forget,
// candidate, output. See `sequence.ts` for offsets, rowIndex and order.
//
// Peepholes [3 · hiddenSize] (input, forget, output) are at address 0 where there are none. A projection [hiddenSize,
// projectionSize] narrows what the cell shows, o ⊙ tanh(c), to the hidden state; where projectionSize is 0 there is none, and
// what the cell shows is the hidden state.

import { backwardRow, forwardRow, showCells } from './lstm-units';
import { leftScratchSize, multiplyPacked, packedSize, packRight } from './matrix-product';
import { layRows, multiplyPanels, rowLength } from './row-product';
import {
  addOutputGradients,
  gatherPrevious,
  gatherRows,
  inputProjection,
  packGates,
  projectionScratchSize,
  scatterRows,
  weightGradient,
  weightGradientScratchSize,
} from './sequence';
import { sumRows } from './sum-rows';
import { multiplyRow, multiplyRowByColumns } from './unpacked-product';

/** Width of the hidden state and of the outputs. */
// @ts-expect-error: decorator
@inline
export function outputWidth(hiddenSize: i32, projectionSize: i32): i32 {
  return projectionSize == 0 ? hiddenSize : projectionSize;
}

export function lstmForwardScratchSize(
  rows: i32, batch: i32, inputSize: i32, hiddenSize: i32, projectionSize: i32,
): i32 {
  const outputSize = outputWidth(hiddenSize, projectionSize);
  const loop = leftScratchSize() + packedSize(outputSize, 4 * hiddenSize) + packedSize(hiddenSize, projectionSize);
  const states = batch * (outputSize + hiddenSize + (projectionSize == 0 ? 0 : hiddenSize));
  return states + max(loop, projectionScratchSize(rows, inputSize, 4 * hiddenSize));
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
  projectionSize: i32,
  inputs: usize,
  inputKernel: usize,
  recurrentKernel: usize,
  bias: usize,
  peepholes: usize,
  projectionKernel: usize,
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
  const projects = projectionSize != 0;
  const outputSize = outputWidth(hiddenSize, projectionSize);
  const hiddenBytes = (<usize>hiddenSize) << 2;
  const outputBytes = (<usize>outputSize) << 2;
  const gateBytes = (<usize>width) << 2;
  const rows = load<i32>(offsets + ((<usize>steps) << 2));
  const hidden = scratch;
  const cell = hidden + <usize>batch * outputBytes;
  const shown = projects ? cell + <usize>batch * hiddenBytes : hidden;
  const left = cell + <usize>batch * (projects ? 2 * hiddenBytes : hiddenBytes);
  const packed = left + ((<usize>leftScratchSize()) << 2);
  const packedProjection = packed + ((<usize>packedSize(outputSize, width)) << 2);

  gatherRows(hidden, initialHidden, order, batch, outputSize);
  gatherRows(cell, initialCell, order, batch, hiddenSize);
  if (rows < batch * time) memory.fill(outputs, 0, <usize>(batch * time) * outputBytes);
  inputProjection(gates, inputs, inputKernel, rowIndex, rows, inputSize, width, left);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) {
    packRight(packed, recurrentKernel, outputSize, width, width, 1);
    if (projects) packRight(packedProjection, projectionKernel, hiddenSize, projectionSize, projectionSize, 1);
  }

  for (let s = 0; s < steps; s++) {
    const begin = load<i32>(offsets + ((<usize>s) << 2));
    const active = load<i32>(offsets + ((<usize>s) << 2), 4) - begin;
    let gate = gates + <usize>begin * gateBytes;
    if (active == 1) multiplyRow(gate, hidden, 1, recurrentKernel, width, width, outputSize, true);
    else multiplyPacked(gate, width, hidden, outputSize, 1, packed, active, width, outputSize, true, left);
    let saved = cells + <usize>begin * hiddenBytes;
    for (let i: usize = 0; i < <usize>active; i++) {
      const row = shown + i * hiddenBytes;
      const output = outputs + <usize>load<i32>(rowIndex + ((<usize>begin + i) << 2)) * outputBytes;
      forwardRow(gate, bias, peepholes, cell + i * hiddenBytes, saved, row, projects ? row : output, hiddenSize);
      gate += gateBytes;
      saved += hiddenBytes;
    }
    if (projects) {
      if (active == 1) {
        multiplyRow(hidden, shown, 1, projectionKernel, projectionSize, projectionSize, hiddenSize, false);
      } else {
        multiplyPacked(
          hidden, projectionSize, shown, hiddenSize, 1, packedProjection, active, projectionSize, hiddenSize, false, left,
        );
      }
      scatterRows(outputs, hidden, rowIndex + ((<usize>begin) << 2), active, outputSize);
    }
  }
  scatterRows(finalHidden, hidden, order, batch, outputSize);
  scatterRows(finalCell, cell, order, batch, hiddenSize);
}

export function lstmBackwardScratchSize(
  rows: i32, batch: i32, inputSize: i32, hiddenSize: i32, projectionSize: i32,
): i32 {
  const outputSize = outputWidth(hiddenSize, projectionSize);
  const projects = projectionSize != 0;
  const loop =
    leftScratchSize() + packedSize(4 * hiddenSize, outputSize) + (projects ? packedSize(projectionSize, hiddenSize) : 0);
  const weights =
    rows * max(max(inputSize, outputSize), projects ? hiddenSize : 0) +
    weightGradientScratchSize(rows, max(4 * hiddenSize, projectionSize));
  const states = batch * (outputSize + (projects ? 3 : 2) * hiddenSize) + rows * projectionSize;
  return states + max(loop, weights);
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
  projectionSize: i32,
  inputs: usize,
  recurrentKernel: usize,
  peepholes: usize,
  projectionKernel: usize,
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
  dPeepholes: usize,
  dProjectionKernel: usize,
  dInitialHidden: usize,
  dInitialCell: usize,
  dGates: usize,
  scratch: usize,
): void {
  const width = 4 * hiddenSize;
  const projects = projectionSize != 0;
  const outputSize = outputWidth(hiddenSize, projectionSize);
  const hiddenBytes = (<usize>hiddenSize) << 2;
  const outputBytes = (<usize>outputSize) << 2;
  const gateBytes = (<usize>width) << 2;
  const rows = load<i32>(offsets + ((<usize>steps) << 2));
  const dHidden = scratch;
  const dCell = dHidden + <usize>batch * outputBytes;
  const firstCell = dCell + <usize>batch * hiddenBytes;
  const behind = firstCell + <usize>batch * hiddenBytes;
  // The gradients of what the cells show in one step, and of the hidden state in all of them.
  const dShown = projects ? behind : dHidden;
  const dProjected = behind + <usize>batch * hiddenBytes;
  const left = projects ? dProjected + <usize>rows * outputBytes : behind;
  const packed = left + ((<usize>leftScratchSize()) << 2);
  const packedProjection = packed + ((<usize>packedSize(width, outputSize)) << 2);

  gatherRows(dHidden, dFinalHidden, order, batch, outputSize);
  gatherRows(dCell, dFinalCell, order, batch, hiddenSize);
  gatherRows(firstCell, initialCell, order, batch, hiddenSize);
  if (peepholes != 0) memory.fill(dPeepholes, 0, 3 * hiddenBytes);
  const together = steps > 0 && load<i32>(offsets, 4) > 1;
  if (together) {
    packRight(packed, recurrentKernel, width, outputSize, 1, width);
    if (projects) packRight(packedProjection, projectionKernel, projectionSize, hiddenSize, 1, projectionSize);
  }

  for (let s = steps - 1; s >= 0; s--) {
    const begin = load<i32>(offsets + ((<usize>s) << 2));
    const active = load<i32>(offsets + ((<usize>s) << 2), 4) - begin;
    const before =
      s > 0 ? cells + <usize>load<i32>(offsets + ((<usize>(s - 1)) << 2)) * hiddenBytes : firstCell;
    if (dOutputs != 0)
      addOutputGradients(dHidden, dOutputs, rowIndex + ((<usize>begin) << 2), active, outputSize);
    if (projects) {
      memory.copy(dProjected + <usize>begin * outputBytes, dHidden, <usize>active * outputBytes);
      if (active == 1) {
        multiplyRowByColumns(
          dShown, dHidden, projectionKernel, projectionSize, hiddenSize, projectionSize, false,
        );
      } else {
        multiplyPacked(
          dShown, hiddenSize, dHidden, projectionSize, 1, packedProjection, active, hiddenSize, projectionSize, false, left,
        );
      }
    }
    const dGate = dGates + <usize>begin * gateBytes;
    for (let i: usize = 0; i < <usize>active; i++) {
      const row = <usize>begin + i;
      backwardRow(
        dGate + i * gateBytes,
        gates + row * gateBytes,
        peepholes,
        dPeepholes,
        cells + row * hiddenBytes,
        before + i * hiddenBytes,
        dShown + i * hiddenBytes,
        dCell + i * hiddenBytes,
        hiddenSize,
      );
    }
    if (active == 1) multiplyRowByColumns(dHidden, dGate, recurrentKernel, width, outputSize, width, false);
    else multiplyPacked(dHidden, outputSize, dGate, width, 1, packed, active, outputSize, width, false, left);
  }
  scatterRows(dInitialHidden, dHidden, order, batch, outputSize);
  scatterRows(dInitialCell, dCell, order, batch, hiddenSize);

  sumRows(dBias, dGates, rows, width);
  const product = left + ((<usize>(rows * max(max(inputSize, outputSize), projects ? hiddenSize : 0))) << 2);
  packGates(dGates, rows, width, product);
  gatherRows(left, inputs, rowIndex, rows, inputSize);
  weightGradient(dInputKernel, left, rows, inputSize, width, product);
  gatherPrevious(left, outputs, initialHidden, offsets, rowIndex, order, steps, outputSize);
  weightGradient(dRecurrentKernel, left, rows, outputSize, width, product);
  if (projects) {
    packGates(dProjected, rows, projectionSize, product);
    showCells(left, gates, cells, rows, hiddenSize);
    weightGradient(dProjectionKernel, left, rows, hiddenSize, projectionSize, product);
  }
}

export function lstmStepScratchSize(batch: i32, inputSize: i32, hiddenSize: i32, projectionSize: i32): i32 {
  const row = rowLength(inputSize + outputWidth(hiddenSize, projectionSize));
  return batch * (4 * hiddenSize + row + (projectionSize == 0 ? 0 : hiddenSize + rowLength(hiddenSize)));
}

/**
 * One step of every sequence, for streaming. `kernels` are those of the input and of what recurs, one below the other; they and
 * the projection's lie in panels (see `row-product.ts`).
 */
export function lstmStep(
  batch: i32, inputSize: i32, hiddenSize: i32, projectionSize: i32, input: usize, kernels: usize, bias: usize,
  peepholes: usize, projectionKernel: usize, hidden: usize, cell: usize, nextHidden: usize, nextCell: usize, backwards: bool,
  scratch: usize,
): void {
  const projects = projectionSize != 0;
  const outputSize = outputWidth(hiddenSize, projectionSize);
  const depth = inputSize + outputSize;
  const hiddenBytes = <usize>hiddenSize << 2;
  const rows = scratch + 4 * <usize>batch * hiddenBytes;
  layRows(rows, input, inputSize, hidden, outputSize, batch);
  multiplyPanels(scratch, rows, kernels, batch, 4 * hiddenSize, depth, backwards);
  const shown = projects ? rows + (<usize>(batch * rowLength(depth)) << 2) : nextHidden;
  memory.copy(nextCell, cell, <usize>batch * hiddenBytes);
  for (let i: usize = 0; i < <usize>batch; i++) {
    const at = i * hiddenBytes;
    const row = shown + at;
    forwardRow(scratch + 4 * at, bias, peepholes, nextCell + at, nextCell + at, row, row, hiddenSize);
  }
  if (projects) {
    const laid = shown + <usize>batch * hiddenBytes;
    layRows(laid, shown, hiddenSize, 0, 0, batch);
    multiplyPanels(nextHidden, laid, projectionKernel, batch, projectionSize, hiddenSize, backwards);
  }
}
