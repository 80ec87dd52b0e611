import * as tf from '@tensorflow/tfjs-core';

/**
 * Every h of hₜ = aₜ ⊙ hₜ₋₁ + bₜ at once, in about log₂(time) rounds of whole-tensor arithmetic (Hillis & Steele 1986,
 * https://doi.org/10.1145/7902.7903; as a scan Blelloch 1990). Only products and sums of the given numbers occur, so
 * that with a in [0, 1] nothing overflows, and h may have any sign. With gradients for all three.
 *
 * Step t is put together from the steps before it in an order that depends on their distance to t alone: steps with
 * a = 1 and b = 0 change no bit, whether they stand before or after.
 *
 * @param a       [batch, time, features]
 * @param b       [batch, time, features]
 * @param initial [batch, features], h before the first step
 * @returns [batch, time, features]
 */
export function linearScan(a: tf.Tensor3D, b: tf.Tensor3D, initial: tf.Tensor2D): tf.Tensor3D {
  const scan = tf.customGrad((a, b, initial, save) => {
    const first = tf.expandDims(initial as tf.Tensor, 1);
    const { products, sums } = accumulate(a as tf.Tensor3D, b as tf.Tensor3D);
    const value = tf.add(tf.mul(products, first), sums);
    (save as tf.GradSaveFunc)([a as tf.Tensor, value, first]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, value, first] = saved as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      // gₜ = dyₜ + aₜ₊₁ gₜ₊₁ is the same recurrence, backwards
      const [batch, time, features] = a.shape;
      const later = tf.concat([tf.slice(a, [0, 1, 0]), tf.zeros([batch, 1, features])], 1);
      const backwards = accumulate(tf.reverse(later, 1) as tf.Tensor3D, tf.reverse(dy, 1) as tf.Tensor3D);
      const g = tf.reverse(backwards.sums, 1);
      const before = tf.concat([first, tf.slice(value, [0, 0, 0], [batch, time - 1, features])], 1);
      const start = tf.mul(
        tf.slice(a, [0, 0, 0], [batch, 1, features]),
        tf.slice(g, 0, [batch, 1, features]),
      );
      return [tf.mul(g, before), g, tf.squeeze(start, [1])];
    };
    return { value, gradFunc };
  });
  return scan(a, b, initial) as tf.Tensor3D;
}

/** aₜ aₜ₋₁ ⋯ a₀, and h of a recurrence that begins at zero. */
function accumulate(a: tf.Tensor3D, b: tf.Tensor3D): { products: tf.Tensor3D; sums: tf.Tensor3D } {
  const [batch, time, features] = a.shape;
  let [products, sums] = [a, b];
  for (let distance = 1; distance < time; distance *= 2) {
    const rest = time - distance;
    const begin = (x: tf.Tensor3D, size: number) => tf.slice(x, [0, 0, 0], [batch, size, features]);
    const end = (x: tf.Tensor3D) => tf.slice(x, [0, distance, 0], [batch, rest, features]);
    const factor = end(products);
    sums = tf.concat([begin(sums, distance), tf.add(tf.mul(factor, begin(sums, rest)), end(sums))], 1);
    products = tf.concat([begin(products, distance), tf.mul(factor, begin(products, rest))], 1);
  }
  return { products, sums };
}
