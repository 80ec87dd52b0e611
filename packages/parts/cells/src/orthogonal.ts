import { checkNumber, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/** Rows that are made orthogonal to each other at a time: the rest of the work is products of matrices. */
const blockRows = 32;

/**
 * A kernel with orthonormal rows or columns, whichever are fewer, drawn evenly from all of them: what passes through a
 * square one keeps its length (Saxe, McClelland & Ganguli 2014, https://arxiv.org/abs/1312.6120).
 *
 * Gram and Schmidt's method on normal numbers, a block of rows at a time, and twice, since once loses digits (Giraud,
 * Langou & Rozložník 2005, https://doi.org/10.1016/j.camwa.2005.08.009). Between blocks it is all `tf.matMul`.
 *
 * @returns [rows, columns]
 * @throws ArgumentError for sizes that are no positive integers, or a gain that is not finite
 */
export function orthogonal(
  rng: Rng,
  [rows, columns]: readonly [number, number],
  { gain = 1 }: { gain?: number } = {},
): tf.Tensor2D {
  checkNumber('orthogonal', 'rows', rows, 'a positive integer');
  checkNumber('orthogonal', 'columns', columns, 'a positive integer');
  checkNumber('orthogonal', 'gain', gain, 'a finite number');
  const [count, size] = rows <= columns ? [rows, columns] : [columns, rows];
  return tf.tidy(() => {
    const vectors = orthonormalRows(rng, count, size);
    const scaled = gain === 1 ? vectors : tf.mul(vectors, gain);
    return (rows <= columns ? scaled : tf.transpose(scaled)) as tf.Tensor2D;
  });
}

/** [count, size], count ≤ size */
function orthonormalRows(rng: Rng, count: number, size: number): tf.Tensor2D {
  const all = new Float32Array(count * size);
  for (let start = 0; start < count; start += blockRows) {
    const end = Math.min(start + blockRows, count);
    const block = all.subarray(start * size, end * size);
    for (let i = 0; i < block.length; i++) block[i] = rng.normal();
    for (let pass = 0; pass < 2; pass++) {
      if (start > 0) block.set(withoutSpan(all.subarray(0, start * size), block, size));
      orthonormalise(block, size);
    }
  }
  return tf.tensor2d(all, [count, size]);
}

/** The rows of a block, less their parts along the orthonormal rows before it. */
function withoutSpan(before: Float32Array, block: Float32Array, size: number): Float32Array {
  return tf.tidy(() => {
    const basis = tf.tensor2d(before, [before.length / size, size]);
    const rows = tf.tensor2d(block, [block.length / size, size]);
    const parts = tf.matMul(tf.matMul(rows, basis, false, true), basis);
    return tf.sub(rows, parts).dataSync() as Float32Array;
  });
}

/** Modified Gram-Schmidt among a few rows, in place. */
function orthonormalise(rows: Float32Array, size: number): void {
  for (let row = 0; row < rows.length; row += size) {
    for (let other = 0; other < row; other += size) {
      let dot = 0;
      for (let i = 0; i < size; i++) dot += rows[row + i]! * rows[other + i]!;
      for (let i = 0; i < size; i++) rows[row + i]! -= dot * rows[other + i]!;
    }
    let square = 0;
    for (let i = 0; i < size; i++) square += rows[row + i]! ** 2;
    const scale = 1 / Math.sqrt(square);
    for (let i = 0; i < size; i++) rows[row + i]! *= scale;
  }
}
