import {
  type AdamUpdateArgs,
  adamUpdate,
  checkNumber,
  flattenParams,
  kernelsAvailable,
  mapParams,
  type ParamTree,
} from '@ostinato/runtime';
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
 * @throws ArgumentError for a rate that is not positive, or a decay outside [0, 1)
 */
export function adam({
  learningRate = 1e-3,
  beta1 = 0.9,
  beta2 = 0.999,
  epsilon = 1e-8,
}: AdamConfig = {}): Optimizer {
  checkNumber('adam', 'learningRate', learningRate, 'a positive number');
  checkNumber('adam', 'beta1', beta1, 'a number from 0 to below 1');
  checkNumber('adam', 'beta2', beta2, 'a number from 0 to below 1');
  checkNumber('adam', 'epsilon', epsilon, 'a positive number');

  return {
    name: 'adam',

    init: (params) => ({
      step: tf.scalar(0, 'int32'),
      mean: mapParams(params, (tensor) => tf.zeros(tensor.shape)),
      square: mapParams(params, (tensor) => tf.zeros(tensor.shape)),
    }),

    update(_params, gradients, state) {
      const slots = state as AdamState;
      return tidyUpdate(() => {
        const config = { learningRate, beta1, beta2, epsilon };
        const t = slots.step.dataSync()[0]! + 1;
        const step = kernelsAvailable() ? fusedStep : composedStep;
        const means = new Map(flattenParams(slots.mean));
        const squares = new Map(flattenParams(slots.square));
        const updates = mapParams(gradients, (gradient, path) => {
          const next = step({
            gradient,
            mean: means.get(path)!,
            square: squares.get(path)!,
            step: t,
            ...config,
          });
          means.set(path, next.mean);
          squares.set(path, next.square);
          return next.update;
        });
        const mean = mapParams(slots.mean, (_, path) => means.get(path)!);
        const square = mapParams(slots.square, (_, path) => squares.get(path)!);
        return { updates, state: { step: tf.scalar(t, 'int32'), mean, square } };
      });
    },
  };
}

type AdamState = { step: tf.Scalar; mean: ParamTree; square: ParamTree };

type Step = (args: Omit<AdamUpdateArgs, 'param' | 'weightDecay' | 'gradientScale'>) => {
  update: tf.Tensor;
  mean: tf.Tensor;
  square: tf.Tensor;
};

/** The definition, of tfjs ops. */
export const composedStep: Step = ({ gradient, mean, square, step, learningRate, beta1, beta2, epsilon }) => {
  const nextMean = tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1));
  const nextSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const scale = tf.add(tf.mul(tf.sqrt(nextSquare), 1 / Math.sqrt(1 - beta2 ** step)), epsilon);
  const update = tf.div(tf.mul(nextMean, -learningRate / (1 - beta1 ** step)), scale);
  return { update, mean: nextMean, square: nextSquare };
};

/** The kernel moves a parameter; moved from zero, it is the update. */
const fusedStep: Step = (args) => {
  const param = tf.zeros(args.gradient.shape);
  const { param: update, mean, square } = adamUpdate({ ...args, param, weightDecay: 0, gradientScale: 1 });
  return { update, mean, square };
};
