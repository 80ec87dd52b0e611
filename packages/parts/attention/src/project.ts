import { checkTensor } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/** x W along the last axis. */
export function project(inputs: tf.Tensor3D, kernel: tf.Tensor2D): tf.Tensor3D {
  const [batch, time, size] = inputs.shape;
  const rows = tf.matMul(tf.reshape(inputs, [batch * time, size]) as tf.Tensor2D, kernel);
  return tf.reshape(rows, [batch, time, kernel.shape[1]]) as tf.Tensor3D;
}

/** The keys of a memory, x W, for a kernel of the memory's width. */
export function projectMemory(memory: tf.Tensor3D, kernel: tf.Tensor2D): tf.Tensor3D {
  const memorySize = kernel.shape[0];
  checkTensor(
    'prepareMemory',
    'memory',
    memory,
    ['batch', 'time', memorySize],
    () => `Init the attention with memorySize: ${memory.shape[2]}, or give it vectors of ${memorySize}.`,
  );
  return project(memory, kernel);
}

/** vᵀ x along the last axis: [batch, queries, time, attentionSize] → [batch, queries, time]. */
export function energies(hidden: tf.Tensor, energy: tf.Tensor1D): tf.Tensor3D {
  const outer = hidden.shape.slice(0, -1) as [number, number, number];
  const size = energy.shape[0];
  const rows = tf.reshape(hidden, [-1, size]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, tf.reshape(energy, [size, 1]) as tf.Tensor2D), outer) as tf.Tensor3D;
}
