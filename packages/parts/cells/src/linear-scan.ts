import { ArgumentError, checkTensor } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Steps that are taken one by one, in all chunks of the sequence at once. Never more for a longer sequence: a chunk begins
 * where it begins, however much padding follows.
 */
const chunk = 16;

/**
 * Every h of hₜ = aₜ ⊙ hₜ₋₁ + bₜ, in parallel: chunks of the sequence side by side, then what is carried from each into the
 * next (a scan in blocks, Blelloch 1990, https://www.cs.cmu.edu/~guyb/papers/Ble93.pdf). Only products and sums of the given
 * numbers occur, so that with a in [0, 1] nothing overflows, and h may have any sign. With gradients for all three.
 *
 * Steps with a = 1 and b = 0 at the end of a sequence change no bit, in either direction.
 *
 * @param a       [batch, time, features]
 * @param b       [batch, time, features]
 * @param initial [batch, features], h before the first step
 * @param reverse goes from the last step to the first: hₜ = aₜ ⊙ hₜ₊₁ + bₜ
 * @returns [batch, time, features]
 * @throws ShapeError for shapes that do not fit together, ArgumentError for no step or a tensor that was disposed of
 */
export function linearScan(
  a: tf.Tensor3D,
  b: tf.Tensor3D,
  initial: tf.Tensor2D,
  { reverse = false }: { reverse?: boolean } = {},
): tf.Tensor3D {
  checkTensor('linearScan', 'a', a, ['batch', 'time', 'features']);
  checkTensor('linearScan', 'b', b, a.shape);
  const [batch, time, features] = a.shape;
  checkTensor('linearScan', 'initial', initial, [batch, features]);
  if (time === 0)
    throw new ArgumentError(`linearScan: \`a\` has shape [${a.shape}], expected at least one step.`);
  return scan(a, b, initial, reverse);
}

function scan(a: tf.Tensor3D, b: tf.Tensor3D, initial: tf.Tensor2D, reverse: boolean): tf.Tensor3D {
  const scanned = tf.customGrad((...all) => {
    const save = all.pop() as tf.GradSaveFunc;
    const [a, b, initial] = all as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
    const value = chunked(a, b, initial, reverse);
    // Under a second tape a saved output has no way back to what it was made from: it is made anew.
    const again = tf.engine().state.gradientDepth > 1;
    save([a, again ? b : value, initial]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]) => {
      const [a, second, initial] = saved as [tf.Tensor3D, tf.Tensor3D, tf.Tensor2D];
      const value = again ? scan(a, second, initial, reverse) : second;
      const first = tf.expandDims(initial, 1) as tf.Tensor3D;
      const nothing = tf.zerosLike(initial);
      // gₜ = dyₜ + aₜ₊₁ gₜ₊₁ is the same recurrence, the other way
      const g = scan(moved(a, tf.zerosLike(first), !reverse), dy as tf.Tensor3D, nothing, !reverse);
      const start = (x: tf.Tensor3D) =>
        tf.squeeze(tf.slice(x, [0, reverse ? a.shape[1] - 1 : 0, 0], [-1, 1, -1]), [1]);
      return [tf.mul(g, moved(value, first, reverse)), g, tf.mul(start(a), start(g))];
    };
    return { value, gradFunc };
  });
  return scanned(a, b, initial) as tf.Tensor3D;
}

/** What stood one step before each, in the direction of the walk; `first` before the first. */
function moved(x: tf.Tensor3D, first: tf.Tensor3D, reverse: boolean): tf.Tensor3D {
  const rest = x.shape[1] - 1;
  const kept = tf.slice(x, [0, reverse ? 1 : 0, 0], [-1, rest, -1]);
  return tf.concat(reverse ? [kept, first] : [first, kept], 1) as tf.Tensor3D;
}

function chunked(a: tf.Tensor3D, b: tf.Tensor3D, initial: tf.Tensor2D, reverse: boolean): tf.Tensor3D {
  const [batch, time, features] = a.shape;
  const chunks = Math.ceil(time / chunk);
  const [products, sums] = withinChunks(byPlace(a, 1, chunks), byPlace(b, 0, chunks), reverse);

  // What each chunk is handed: the last h of the one before.
  const handed: tf.Tensor[] = new Array(chunks);
  const last = reverse ? 0 : chunk - 1;
  const [factors, ends] = [tf.unstack(products[last]!), tf.unstack(sums[last]!)];
  let carried: tf.Tensor = initial;
  for (let i = 0; i < chunks; i++) {
    const at = reverse ? chunks - 1 - i : i;
    handed[at] = carried;
    carried = tf.add(tf.mul(factors[at]!, carried), ends[at]!);
  }
  const before = tf.stack(handed);
  const steps = products.map((product, at) => tf.add(tf.mul(product, before), sums[at]!));
  const all = tf.transpose(tf.stack(steps), [2, 1, 0, 3]);
  const flat = tf.reshape(all, [batch, chunks * chunk, features]) as tf.Tensor3D;
  return chunks * chunk === time ? flat : tf.slice(flat, [0, 0, 0], [batch, time, features]);
}

/** For each place in a chunk, [chunks, batch, features]: the product of all a so far, and h of a chunk that begins at 0. */
function withinChunks(a: tf.Tensor, b: tf.Tensor, reverse: boolean): [tf.Tensor[], tf.Tensor[]] {
  // Copies, for a tape keeps the arrays that it handed out.
  const products = [...tf.unstack(a)];
  const sums = [...tf.unstack(b)];
  for (let i = 1; i < chunk; i++) {
    const at = reverse ? chunk - 1 - i : i;
    const before = reverse ? at + 1 : at - 1;
    sums[at] = tf.add(tf.mul(products[at]!, sums[before]!), sums[at]!);
    products[at] = tf.mul(products[at]!, products[before]!);
  }
  return [products, sums];
}

/** [chunk, chunks, batch, features], filled up with steps that change nothing: each place is one piece of memory. */
function byPlace(x: tf.Tensor3D, padding: number, chunks: number): tf.Tensor {
  const [batch, time, features] = x.shape;
  const missing = chunks * chunk - time;
  const whole = missing === 0 ? x : tf.concat([x, tf.fill([batch, missing, features], padding)], 1);
  return tf.transpose(tf.reshape(whole, [batch, chunks, chunk, features]), [2, 1, 0, 3]);
}
