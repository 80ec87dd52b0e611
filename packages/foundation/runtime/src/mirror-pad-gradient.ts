import * as tf from '@tensorflow/tfjs-core';

/**
 * The gradient of `tf.mirrorPad`: each number takes what came to it and to its mirror images. One axis after the other, so that
 * corners, which were mirrored twice, find their way back.
 *
 * @param dy the gradient of the padded tensor
 * @param shape of the tensor before it was padded
 */
export function mirrorPadGradient(
  dy: tf.Tensor,
  shape: readonly number[],
  { paddings, mode }: Pick<tf.MirrorPadAttrs, 'paddings' | 'mode'>,
): tf.Tensor {
  // 'reflect' leaves the edge itself out, 'symmetric' begins with it.
  const edge = mode === 'reflect' ? 1 : 0;
  return paddings.reduce((gradient, [before, after], axis) => {
    const length = shape[axis]!;
    const part = (from: number, size: number) => {
      const along = (value: number) => gradient.shape.map((_, at) => (at === axis ? value : 0));
      const sizes = gradient.shape.map((whole, at) => (at === axis ? size : whole));
      return tf.slice(gradient, along(from), sizes);
    };
    const mirrored = (from: number, size: number, to: number) => {
      const place = gradient.shape.map((_, at): [number, number] =>
        at === axis ? [to, length - to - size] : [0, 0],
      );
      return tf.pad(tf.reverse(part(from, size), axis), place);
    };
    let sum: tf.Tensor = part(before, length);
    if (before > 0) sum = tf.add(sum, mirrored(0, before, edge));
    if (after > 0) sum = tf.add(sum, mirrored(before + length, after, length - edge - after));
    return sum;
  }, dy);
}
