import { checkNumber, checkTensor, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { initLinear, type LinearParams, linear } from './linear.ts';

export interface HighwayConfig {
  size: number;
  /** How many on top of each other; 1 unless told. */
  layers?: number;
  /** Where the transform gates' bias starts; −2 unless told, so that a fresh layer mostly carries. */
  gateBias?: number;
}

export type HighwayParams = { layers: { transform: LinearParams; gate: LinearParams }[] };

/** @throws ArgumentError for sizes that are no positive integers */
export function initHighway({ size, layers = 1, gateBias = -2 }: HighwayConfig, rng: Rng): HighwayParams {
  checkNumber('initHighway', 'size', size, 'a positive integer');
  checkNumber('initHighway', 'layers', layers, 'a positive integer');
  checkNumber('initHighway', 'gateBias', gateBias, 'a finite number');
  const one = () => {
    const transform = initLinear({ inputSize: size, outputSize: size }, rng);
    const { kernel, bias } = initLinear({ inputSize: size, outputSize: size }, rng);
    bias.dispose();
    return { transform, gate: { kernel, bias: tf.fill<tf.Rank.R1>([size], gateBias) } };
  };
  return { layers: Array.from({ length: layers }, one) };
}

/**
 * Layers that learn how much to change and how much to carry (Srivastava, Greff & Schmidhuber 2015,
 * https://arxiv.org/abs/1505.00387): t ⊙ max(0, W x + b) + (1 − t) ⊙ x with t = σ(W′ x + b′).
 *
 * @param inputs [batch, size] or [batch, time, size]
 * @throws ShapeError when the last axis is not `size`
 */
export function highway<R extends tf.Rank.R2 | tf.Rank.R3>(
  { layers }: HighwayParams,
  inputs: tf.Tensor<R>,
): tf.Tensor<R> {
  const outer = inputs.rank === 3 ? ['batch', 'time'] : ['batch'];
  checkTensor('highway', 'inputs', inputs, [...outer, layers[0]!.gate.bias.shape[0]]);
  return tf.tidy(() => {
    let carried = inputs;
    for (const { transform, gate } of layers) {
      const share = tf.sigmoid(linear(gate, carried));
      const change: tf.Tensor<R> = tf.sub(tf.relu(linear(transform, carried)), carried);
      carried = tf.add(carried, tf.mul(share, change));
    }
    return carried === inputs ? tf.clone(inputs) : carried;
  });
}
