import { loadLanes, storeLanes } from './vector';

/** C[rows, columns] += bias, a row or (`step` 0) one number for all or (`bias` 0) nothing; then max(·, 0) where `relu`. */
export function addBias(c: usize, bias: usize, step: i32, rows: i32, columns: i32, relu: bool): void {
  const zero = f32x4.splat(0);
  const same = bias == 0 ? zero : v128.load32_splat(bias);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j += 4) {
      const at = <usize>j << 2;
      const n = columns - j;
      const v = f32x4.add(loadLanes(c + at, n), step == 0 ? same : loadLanes(bias + at, n));
      // pmax keeps its first operand when it is NaN.
      storeLanes(c + at, relu ? f32x4.pmax(v, zero) : v, n);
    }
    c += <usize>columns << 2;
  }
}
