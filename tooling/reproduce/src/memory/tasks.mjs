import {
  addingProblem,
  copyMemory,
  copyVocabularySize,
  embeddedReber,
  reberSymbols,
  temporalOrder,
} from '@ostinato/data';
import { crossEntropy } from '@ostinato/losses';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What a network is asked to learn.
 *
 * @typedef {object} MemoryTask
 * @property {number} inputSize
 * @property {number} outputSize
 * @property {(batchSize: number, random: import('@ostinato/data').Random) => Batch} draw
 * @property {(outputs: tf.Tensor3D, batch: Batch) => tf.Scalar} loss of the outputs at every step
 * @property {(outputs: tf.Tensor3D, batch: Batch) => number} score what is reported: see the experiment
 *
 * @typedef {{ inputs: tf.Tensor3D, lengths?: number[], [name: string]: any }} Batch
 */

/** Mean squared error of the sum, asked for at the last step. @returns {MemoryTask} */
export function adding(time) {
  return {
    inputSize: 2,
    outputSize: 1,
    draw(batchSize, random) {
      const { inputs, targets } = addingProblem({ batchSize, time }, random);
      return { inputs: tf.tensor3d(inputs, [batchSize, time, 2]), targets: tf.tensor1d(targets) };
    },
    loss: (outputs, { targets }) => tf.mean(tf.squaredDifference(tf.reshape(last(outputs), [-1]), targets)),
    score(outputs, batch) {
      return this.loss(outputs, batch).dataSync()[0];
    },
  };
}

/** The share of the symbols that are copied right. @returns {MemoryTask} */
export function copying(delay, length, symbols) {
  const size = copyVocabularySize(symbols);
  return {
    inputSize: size,
    outputSize: size,
    draw(batchSize, random) {
      const { inputs, targets, time } = copyMemory({ batchSize, delay, length, symbols }, random);
      return {
        inputs: oneHot(inputs, batchSize, size),
        targets: tf.tensor2d(targets, [batchSize, time], 'int32'),
      };
    },
    loss: (outputs, { targets }) => crossEntropy(outputs, targets),
    score(outputs, { targets }) {
      const asked = tf.slice(targets, [0, delay + length]);
      const said = tf.slice(tf.argMax(outputs, 2), [0, delay + length]);
      return tf.mean(tf.cast(tf.equal(asked, said), 'float32')).dataSync()[0];
    },
  };
}

/** The share of sequences whose class is told right at the last step. @returns {MemoryTask} */
export function ordering(time) {
  const size = 8;
  return {
    inputSize: size,
    outputSize: 4,
    draw(batchSize, random) {
      const { inputs, targets } = temporalOrder({ batchSize, time }, random);
      return { inputs: oneHot(inputs, batchSize, size), targets: tf.tensor1d(targets, 'int32') };
    },
    loss: (outputs, { targets }) => crossEntropy(last(outputs), targets),
    score(outputs, { targets }) {
      return tf.mean(tf.cast(tf.equal(tf.argMax(last(outputs), 1), targets), 'float32')).dataSync()[0];
    },
  };
}

/**
 * The share of strings for which, at every step, all symbols that may come next are likelier than all that may not: the
 * last T or P, which is the second symbol again, among them.
 *
 * @returns {MemoryTask}
 */
export function reber() {
  const size = reberSymbols.length;
  return {
    inputSize: size,
    outputSize: size,
    draw(batchSize, random) {
      const { inputs, allowed, lengths, time } = embeddedReber({ batchSize }, random);
      return {
        inputs: oneHot(inputs, batchSize, size),
        lengths: [...lengths],
        allowed: tf.tensor3d(allowed, [batchSize, time, size], 'float32'),
      };
    },
    /** As independent yes or no for each symbol, as the papers have it. */
    loss(outputs, { allowed, lengths }) {
      const wrong = tf.losses.sigmoidCrossEntropy(allowed, outputs, undefined, undefined, tf.Reduction.NONE);
      const real = tf.expandDims(mask(lengths, outputs.shape[1]), 2);
      const steps = lengths.reduce((sum, length) => sum + length, 0);
      return tf.div(tf.sum(tf.mul(wrong, real)), steps * size);
    },
    score(outputs, { allowed, lengths }) {
      const [batchSize, time] = outputs.shape;
      const [values, may] = [outputs.dataSync(), allowed.dataSync()];
      let right = 0;
      for (let i = 0; i < batchSize; i++) {
        const steps = Array.from({ length: lengths[i] }, (_, t) => (i * time + t) * size);
        right += steps.every((from) => {
          const ids = Array.from({ length: size }, (_, id) => from + id);
          const least = Math.min(...ids.filter((id) => may[id]).map((id) => values[id]));
          return ids.every((id) => may[id] || values[id] < least);
        });
      }
      return right / batchSize;
    },
  };
}

const last = (outputs) => {
  const [batch, time, size] = outputs.shape;
  return tf.reshape(tf.slice(outputs, [0, time - 1, 0], [batch, 1, size]), [batch, size]);
};

const oneHot = (ids, batchSize, size) =>
  tf.cast(tf.oneHot(tf.tensor2d(ids, [batchSize, ids.length / batchSize], 'int32'), size), 'float32');

const mask = (lengths, time) =>
  tf.tensor2d(
    lengths.map((length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0))),
    [lengths.length, time],
  );
