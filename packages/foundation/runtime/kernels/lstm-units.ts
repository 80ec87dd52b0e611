// One row of gates of an LSTM, four units at a time: what both passes and the single step share. Gates along the last axis:
// input, forget, candidate, output. Peepholes [3 · hiddenSize] (input, forget, output) are at address 0 where there are none.

import { loadLanes, multiplyAdd, sigmoid, storeLanes, tanh } from './vector';

/** Four units of `forwardRow`, or the `n` last ones; `peeks` is a constant wherever this is inlined. */
// @ts-expect-error: decorator
@inline
export function forwardUnits(
  gi: usize, bi: usize, peeks: bool, pi: usize, cell: usize, savedCell: usize, hidden: usize, output: usize, block: usize,
  n: i32,
): void {
  const gf = gi + block, gg = gf + block, go = gg + block;
  const bf = bi + block, bg = bf + block, bo = bg + block;
  const before = loadLanes(cell, n);
  let toInput = f32x4.add(loadLanes(gi, n), loadLanes(bi, n));
  let toForget = f32x4.add(loadLanes(gf, n), loadLanes(bf, n));
  let toOutput = f32x4.add(loadLanes(go, n), loadLanes(bo, n));
  if (peeks) {
    toInput = multiplyAdd(loadLanes(pi, n), before, toInput);
    toForget = multiplyAdd(loadLanes(pi + block, n), before, toForget);
  }
  const i = sigmoid(toInput);
  const f = sigmoid(toForget);
  const g = tanh(f32x4.add(loadLanes(gg, n), loadLanes(bg, n)));
  const c = multiplyAdd(f, before, f32x4.mul(i, g));
  if (peeks) toOutput = multiplyAdd(loadLanes(pi + 2 * block, n), c, toOutput);
  const o = sigmoid(toOutput);
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

// @ts-expect-error: decorator
@inline
export function forwardUnitsOfRow(
  gates: usize, bias: usize, peeks: bool, peepholes: usize, cell: usize, savedCell: usize, hidden: usize, output: usize,
  size: i32,
): void {
  const block = <usize>size << 2;
  const whole = <usize>(size & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    forwardUnits(
      gates + at, bias + at, peeks, peepholes + at, cell + at, savedCell + at, hidden + at, output + at, block, 4,
    );
  }
  if (whole < block) {
    forwardUnits(
      gates + whole, bias + whole, peeks, peepholes + whole, cell + whole, savedCell + whole, hidden + whole,
      output + whole, block, size & 3,
    );
  }
}

/** Activates one row of gates in place and writes the cell (running and saved) and what it shows (to two places). */
export function forwardRow(
  gates: usize, bias: usize, peepholes: usize, cell: usize, savedCell: usize, hidden: usize, output: usize, size: i32,
): void {
  if (peepholes == 0) forwardUnitsOfRow(gates, bias, false, 0, cell, savedCell, hidden, output, size);
  else forwardUnitsOfRow(gates, bias, true, peepholes, cell, savedCell, hidden, output, size);
}

/** Four units of `backwardRow`, or the `n` last ones; `peeks` is a constant wherever this is inlined. */
// @ts-expect-error: decorator
@inline
export function backwardUnits(
  di: usize, gi: usize, peeks: bool, pi: usize, dpi: usize, cell: usize, previousCell: usize, dHidden: usize, dCell: usize,
  block: usize, n: i32,
): void {
  const one = f32x4.splat(1);
  const gf = gi + block, gg = gf + block, go = gg + block;
  const df = di + block, dg = df + block, d_o = dg + block;
  const i = loadLanes(gi, n), f = loadLanes(gf, n), g = loadLanes(gg, n), o = loadLanes(go, n);
  const c = loadLanes(cell, n);
  const t = tanh(c);
  const dh = loadLanes(dHidden, n);
  const before = loadLanes(previousCell, n);
  const toOutput = f32x4.mul(f32x4.mul(dh, t), f32x4.mul(o, f32x4.sub(one, o)));
  let dc = multiplyAdd(f32x4.mul(dh, o), f32x4.sub(one, f32x4.mul(t, t)), loadLanes(dCell, n));
  // The output gate looks at the new cell, the other two at the one before.
  if (peeks) dc = multiplyAdd(toOutput, loadLanes(pi + 2 * block, n), dc);
  const toInput = f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i)));
  const toForget = f32x4.mul(f32x4.mul(dc, before), f32x4.mul(f, f32x4.sub(one, f)));
  storeLanes(di, toInput, n);
  storeLanes(df, toForget, n);
  storeLanes(dg, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))), n);
  storeLanes(d_o, toOutput, n);
  let dBefore = f32x4.mul(dc, f);
  if (peeks) {
    dBefore = multiplyAdd(toInput, loadLanes(pi, n), dBefore);
    dBefore = multiplyAdd(toForget, loadLanes(pi + block, n), dBefore);
    storeLanes(dpi, multiplyAdd(toInput, before, loadLanes(dpi, n)), n);
    storeLanes(dpi + block, multiplyAdd(toForget, before, loadLanes(dpi + block, n)), n);
    storeLanes(dpi + 2 * block, multiplyAdd(toOutput, c, loadLanes(dpi + 2 * block, n)), n);
  }
  storeLanes(dCell, dBefore, n);
}

// @ts-expect-error: decorator
@inline
export function backwardUnitsOfRow(
  dGates: usize, gates: usize, peeks: bool, peepholes: usize, dPeepholes: usize, cell: usize, previousCell: usize,
  dHidden: usize, dCell: usize, size: i32,
): void {
  const block = <usize>size << 2;
  const whole = <usize>(size & ~3) << 2;
  for (let at: usize = 0; at < whole; at += 16) {
    backwardUnits(
      dGates + at, gates + at, peeks, peepholes + at, dPeepholes + at, cell + at, previousCell + at, dHidden + at,
      dCell + at, block, 4,
    );
  }
  if (whole < block) {
    backwardUnits(
      dGates + whole, gates + whole, peeks, peepholes + whole, dPeepholes + whole, cell + whole, previousCell + whole,
      dHidden + whole, dCell + whole, block, size & 3,
    );
  }
}

export function backwardRow(
  dGates: usize, gates: usize, peepholes: usize, dPeepholes: usize, cell: usize, previousCell: usize, dHidden: usize,
  dCell: usize, size: i32,
): void {
  if (peepholes == 0) backwardUnitsOfRow(dGates, gates, false, 0, 0, cell, previousCell, dHidden, dCell, size);
  else backwardUnitsOfRow(dGates, gates, true, peepholes, dPeepholes, cell, previousCell, dHidden, dCell, size);
}

/** What the cells show, o ⊙ tanh(c), once more: what the projection takes. */
export function showCells(target: usize, gates: usize, cells: usize, rows: i32, size: i32): void {
  const row = <usize>size << 2;
  for (let r = 0; r < rows; r++) {
    const output = gates + 3 * row;
    for (let j = 0; j < size; j += 4) {
      const at = <usize>j << 2;
      const n = size - j;
      storeLanes(target + at, f32x4.mul(loadLanes(output + at, n), tanh(loadLanes(cells + at, n))), n);
    }
    target += row;
    cells += row;
    gates += 4 * row;
  }
}
