import { checkNumber, flattenParams, mapParams, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { type Optimizer, tidyUpdate } from './optimizer.ts';

export interface AdamConfig {
  learningRate?: number;
  /** Decay of the mean of the gradients. */
  beta1?: number;
  /** Decay of the mean of their squares. */
  beta2?: number;
  epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2015, https://arxiv.org/abs/1412.6980, algorithm 1).
 *
 *   m′ = β₁ m + (1 − β₁) g      v′ = β₂ v + (1 − β₂) g²
 *   Δ  = −α · m′ / (1 − β₁ᵗ) / (√(v′ / (1 − β₂ᵗ)) + ε)
 *
 * The state is twice the size of the parameters.
 *
 * @throws ArgumentError for a rate that is not positive, or a decay outside [0, 1]
 */
export function adam({
  learningRate = 1e-3,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamConfig = {}): Optimizer {
  checkNumber('adam', 'learningRate', learningRate, 'a positive number');
  checkNumber('adam', 'beta1', beta1, 'a number from 0 to 1');
  checkNumber('adam', 'beta2', beta2, 'a number from 0 to 1');
  checkNumber('adam', 'epsilon', epsilon, 'a positive number');

  return {
    name: 'adam',

    init: (params) => ({
      step: tf.scalar(0, 'int32'),
      mean: mapParams(params, (tensor) => tf.zeros(tensor.shape)),
      square: mapParams(params, (tensor) => tf.zeros(tensor.shape)),
    }),

    update(_params, gradients, state) {
      const { step, mean, square } = state as { step: tf.Scalar; mean: ParamTree; square: ParamTree };
      return tidyUpdate(() => {
        const t = step.dataSync()[0]! + 1;
        const rate = learningRate / (1 - beta1 ** t);
        const correction = 1 / Math.sqrt(1 - beta2 ** t);
        const means = average(mean, gradients, beta1, (gradient) => gradient);
        const squares = average(square, gradients, beta2, tf.square);
        const squareOf = new Map(flattenParams(squares));
        const meanOf = new Map(flattenParams(means));
        const updates = mapParams(gradients, (_, path) => {
          const scale = tf.add(tf.mul(tf.sqrt(squareOf.get(path)!), correction), epsilon);
          return tf.div(tf.mul(meanOf.get(path)!, -rate), scale);
        });
        return { updates, state: { step: tf.scalar(t, 'int32'), mean: means, square: squares } };
      });
    },
  };
}

/** β · old + (1 − β) · f(gradient), leaf by leaf. */
function average(
  old: ParamTree,
  gradients: ParamTree,
  beta: number,
  f: (gradient: tf.Tensor) => tf.Tensor,
): ParamTree {
  const before = new Map(flattenParams(old));
  return mapParams(gradients, (gradient, path) =>
    tf.add(tf.mul(before.get(path)!, beta), tf.mul(f(gradient), 1 - beta)),
  );
}
