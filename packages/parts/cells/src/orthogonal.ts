import { checkNumber, type Rng, randomNormal } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/** So many rows are made orthogonal one by one; the rest of the work is products of matrices. */
const fewRows = 16;

/**
 * A kernel with orthonormal rows or columns, whichever are fewer, drawn evenly from all of them: what passes through a
 * square one keeps its length (Saxe, McClelland & Ganguli 2014, https://arxiv.org/abs/1312.6120).
 *
 * Gram and Schmidt's method on normal numbers, by halves, so that nearly all of it is `tf.matMul`; then one step of
 * Newton and Schulz towards the nearest orthogonal matrix (Björck & Bowie 1971, https://doi.org/10.1137/0708036) brings
 * back the digits that this loses.
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
  let rows = gramSchmidt(randomNormal<tf.Rank.R2>(rng, [count, size], 1));
  for (;;) {
    // Q ← Q + ½ (I − Q Qᵀ) Q brings what is left of each other to its square; seldom is a second time needed.
    const excess: tf.Tensor2D = tf.sub(tf.eye(count), tf.matMul(rows, rows, false, true));
    rows = tf.add(rows, tf.mul(tf.matMul(excess, rows), 0.5));
    if (tf.max(tf.abs(excess)).dataSync()[0]! < 1e-3) return rows;
  }
}

/** The first half of the rows, then the second half without what it has of the first. */
function gramSchmidt(rows: tf.Tensor2D): tf.Tensor2D {
  const [count, size] = rows.shape;
  if (count <= fewRows) return oneByOne(rows);
  const half = Math.ceil(count / 2);
  return tf.tidy(() => {
    const first = gramSchmidt(tf.slice2d(rows, [0, 0], [half, size]));
    const second = tf.slice2d(rows, [half, 0], [count - half, size]);
    const shared = tf.matMul(tf.matMul(second, first, false, true), first);
    return tf.concat2d([first, gramSchmidt(tf.sub(second, shared))], 0);
  });
}

function oneByOne(matrix: tf.Tensor2D): tf.Tensor2D {
  const rows = matrix.dataSync().slice();
  const size = matrix.shape[1];
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
  return tf.tensor2d(rows, matrix.shape);
}
