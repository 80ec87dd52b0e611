import type * as tf from '@tensorflow/tfjs-core';

/** Throws unless every tensor named in `shapes` is there, alive, float32 and of that shape. */
export function checkTensors(
  caller: string,
  tensors: Record<string, tf.Tensor | undefined>,
  shapes: Record<string, readonly number[]>,
): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const tensor = tensors[name];
    if (tensor === undefined)
      throw new TypeError(`${caller}: \`${name}\` is missing. Pass a tensor of shape [${shape.join(', ')}].`);
    if (tensor.isDisposed)
      throw new Error(
        `Tensor is disposed: \`${name}\` of ${caller}. Keep it with tf.keep, or return it from tf.tidy.`,
      );
    if (tensor.dtype !== 'float32')
      throw new TypeError(
        `${caller}: \`${name}\` is ${tensor.dtype}, expected float32. Cast it with tf.cast.`,
      );
    if (tensor.shape.length !== shape.length || tensor.shape.some((size, axis) => size !== shape[axis])) {
      throw new RangeError(
        `${caller}: \`${name}\` has shape [${tensor.shape.join(', ')}], expected [${shape.join(', ')}].`,
      );
    }
  }
}

/** The lengths as numbers, `time` for every sequence where there are none. */
export function readLengths(
  caller: string,
  lengths: tf.Tensor1D | undefined,
  batch: number,
  time: number,
): number[] {
  if (lengths === undefined) return new Array<number>(batch).fill(time);
  if (lengths.shape.length !== 1 || lengths.shape[0] !== batch) {
    throw new RangeError(
      `${caller}: \`lengths\` has shape [${lengths.shape.join(', ')}], expected [${batch}], one per sequence.`,
    );
  }
  const values = Array.from(lengths.dataSync());
  values.forEach((length, sequence) => {
    if (!Number.isInteger(length) || length < 0 || length > time) {
      throw new RangeError(
        `${caller}: \`lengths\`[${sequence}] is ${length}, expected a whole number from 0 to ${time}, the steps of \`inputs\`.`,
      );
    }
  });
  return values;
}
