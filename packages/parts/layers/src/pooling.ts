import {
  ArgumentError,
  checkLengths,
  checkNumber,
  checkTensor,
  realSteps,
  zeroPast,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { convolvedLength, convolvedLengths } from './convolution-plan.ts';

export interface Pool1dOptions {
  /** Steps of a window. */
  size: number;
  /** From one window to the next; `size` unless told. */
  stride?: number;
  /** Real steps per sequence; all of `time` when absent. */
  lengths?: ArrayLike<number>;
}

export interface Pool2dOptions {
  /** Steps of a window in time, then features. */
  size: readonly [number, number];
  /** From one window to the next; `size` unless told. */
  stride?: readonly [number, number];
  /** Real steps in time per sequence; all of them when absent. */
  lengths?: ArrayLike<number>;
}

/**
 * The largest number of each window, for each feature. Only windows that are wholly real count (as in PyTorch): the new
 * lengths are `convolvedLengths(lengths, { kernelSize: size, stride, padding: 'valid' })`, and zeros follow.
 *
 * @param inputs [batch, time, features]
 * @returns [batch, outputTime, features]
 * @throws ShapeError or ArgumentError for inputs, lengths or sizes that do not fit
 */
export function maxPool1d(inputs: tf.Tensor3D, options: Pool1dOptions): tf.Tensor3D {
  return pool1d('maxPool1d', largest, inputs, options);
}

/** The mean of each window, for each feature; else as `maxPool1d`. */
export function averagePool1d(inputs: tf.Tensor3D, options: Pool1dOptions): tf.Tensor3D {
  return pool1d('averagePool1d', average, inputs, options);
}

/**
 * The largest number of each window over time and features, for each channel; lengths as in `maxPool1d`.
 *
 * @param inputs [batch, time, features, channels]
 * @returns [batch, outputTime, outputFeatures, channels]
 * @throws ShapeError or ArgumentError for inputs, lengths or sizes that do not fit
 */
export function maxPool2d(inputs: tf.Tensor4D, options: Pool2dOptions): tf.Tensor4D {
  return pool2d('maxPool2d', largest, inputs, options);
}

/** The mean of each window, for each channel; else as `maxPool2d`. */
export function averagePool2d(inputs: tf.Tensor4D, options: Pool2dOptions): tf.Tensor4D {
  return pool2d('averagePool2d', average, inputs, options);
}

/**
 * The largest number of each feature over all real steps: a sequence of any length as one vector. Of no steps, zeros.
 *
 * @param inputs [batch, time, features]
 * @returns [batch, features]
 * @throws ShapeError or ArgumentError for inputs or lengths that do not fit
 */
export function maxOverTime(
  inputs: tf.Tensor3D,
  { lengths }: { lengths?: ArrayLike<number> } = {},
): tf.Tensor2D {
  checkSequences('maxOverTime', inputs, lengths);
  const [batch, time, features] = inputs.shape;
  if (inputs.size === 0) return tf.zeros([batch, features]); // the backend's own maximum of nothing ends in a trap
  if (!lengths) return largestStep(inputs);
  return tf.tidy(() => {
    const isReal = tf.expandDims(realSteps(lengths, time), 2);
    const largest = largestStep(
      tf.where(isReal, inputs, tf.fill(inputs.shape, Number.NEGATIVE_INFINITY)) as tf.Tensor3D,
    );
    const empty = tf.tensor2d(
      Array.from(lengths, (length) => (length === 0 ? 1 : 0)),
      [batch, 1],
      'bool',
    );
    return tf.where(empty, tf.zerosLike(largest), largest);
  });
}

/**
 * The mean of each feature over all real steps; else as `maxOverTime`.
 *
 * @throws ShapeError or ArgumentError for inputs or lengths that do not fit
 */
export function meanOverTime(
  inputs: tf.Tensor3D,
  { lengths }: { lengths?: ArrayLike<number> } = {},
): tf.Tensor2D {
  checkSequences('meanOverTime', inputs, lengths);
  const [batch, time] = inputs.shape;
  return tf.tidy(() => {
    const real = lengths ? zeroPast(inputs, realSteps(lengths, inputs.shape[1]!)) : inputs;
    const shares = Array.from(
      lengths ?? new Array<number>(batch).fill(time),
      (length) => 1 / Math.max(length, 1),
    );
    return tf.mul(tf.sum(real, 1), tf.tensor2d(shares, [batch, 1])) as tf.Tensor2D;
  });
}

/**
 * The maximum over time, whose gradient goes to the first of the largest steps: tfjs's own gives all of it to each of them.
 */
function largestStep(inputs: tf.Tensor3D): tf.Tensor2D {
  if (tf.engine().state.gradientDepth === 0) return tf.max(inputs, 1);
  const max = tf.customGrad((x, save) => {
    const byFeature = tf.transpose(x as tf.Tensor3D, [0, 2, 1]);
    // Which step it is has no derivative, so that higher ones need nothing else.
    (save as tf.GradSaveFunc)([tf.expandDims(tf.argMax(byFeature, 2), 1)]);
    const gradFunc = (dy: tf.Tensor, [place]: tf.Tensor[]) => {
      const steps = tf.reshape(tf.range(0, inputs.shape[1], 1, 'int32'), [1, -1, 1]);
      const slope = tf.broadcastTo(tf.expandDims(dy, 1), inputs.shape);
      return tf.where(tf.equal(steps, place!), slope, tf.zerosLike(slope));
    };
    return { value: tf.max(byFeature, 2), gradFunc };
  });
  return max(inputs) as tf.Tensor2D;
}

/** Makes one tensor of those that hold the first, second, … number of each window. */
type Pool = (places: readonly tf.Tensor4D[]) => tf.Tensor4D;

// Where several numbers are the largest, the first takes the gradient, as in PyTorch. (tfjs's own pooling on WASM finds
// no gradient past the first image of a batch.)
const largest: Pool = (places) => places.reduce((most, place) => tf.maximum(most, place));

const average: Pool = (places) => tf.div(tf.addN([...places]), places.length);

function pool1d(
  where: string,
  pool: Pool,
  inputs: tf.Tensor3D,
  { size, stride = size, lengths }: Pool1dOptions,
): tf.Tensor3D {
  checkSequences(where, inputs, lengths);
  return tf.tidy(() => {
    const options = { size: [size, 1], stride: [stride, 1], ...(lengths && { lengths }) } as const;
    return tf.squeeze(
      pool2d(where, pool, tf.expandDims(inputs, 2) as tf.Tensor4D, options),
      [2],
    ) as tf.Tensor3D;
  });
}

function pool2d(
  where: string,
  pool: Pool,
  inputs: tf.Tensor4D,
  { size, stride = size, lengths }: Pool2dOptions,
): tf.Tensor4D {
  for (const [name, [time, features]] of [
    ['size', size],
    ['stride', stride],
  ] as const) {
    checkNumber(where, name, time, 'a positive integer');
    checkNumber(where, name, features, 'a positive integer');
  }
  checkTensor(where, 'inputs', inputs, ['batch', 'time', 'features', 'channels']);
  const [batch, time, features] = inputs.shape;
  if (lengths) checkLengths(where, lengths, batch, time);
  const plan = { kernelSize: size[0], stride: stride[0], padding: 'valid' } as const;
  if (convolvedLength(time, plan) === 0 || size[1] > features) {
    throw new ArgumentError(
      `${where}: inputs of ${time} by ${features} are smaller than the window of ${size.join(' by ')}.`,
    );
  }
  const outputTime = convolvedLength(time, plan);
  const outputFeatures = Math.floor((features - size[1]) / stride[1]) + 1;
  return tf.tidy(() => {
    const real = lengths ? zeroPast(inputs, realSteps(lengths, inputs.shape[1]!)) : inputs;
    const columns = Array.from({ length: size[1] }, (_, i) =>
      everyNth(real, 2, i, stride[1], outputFeatures),
    );
    const places = columns.flatMap((column) =>
      Array.from({ length: size[0] }, (_, i) => everyNth(column, 1, i, stride[0], outputTime)),
    );
    const outputs = pool(places);
    return lengths
      ? zeroPast(outputs, realSteps(convolvedLengths(lengths, plan), outputs.shape[1]!))
      : outputs;
  });
}

/** Along an axis: the numbers at first, first + stride, … */
function everyNth(
  inputs: tf.Tensor4D,
  axis: number,
  first: number,
  stride: number,
  count: number,
): tf.Tensor4D {
  if (stride === 1) {
    const begin = inputs.shape.map((_, i) => (i === axis ? first : 0));
    return tf.slice(
      inputs,
      begin,
      inputs.shape.map((size, i) => (i === axis ? count : size)),
    );
  }
  const places = Array.from({ length: count }, (_, i) => first + i * stride);
  return tf.gather(inputs, tf.tensor1d(places, 'int32'), axis) as tf.Tensor4D;
}

function checkSequences(where: string, inputs: tf.Tensor3D, lengths: ArrayLike<number> | undefined): void {
  checkTensor(where, 'inputs', inputs, ['batch', 'time', 'features']);
  if (lengths) checkLengths(where, lengths, inputs.shape[0], inputs.shape[1]);
}
