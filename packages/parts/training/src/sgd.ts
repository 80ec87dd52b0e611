import {
  ArgumentError,
  checkNumber,
  checkOptions,
  kernelsAvailable,
  type SgdSettings,
  sgdUpdate,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import { checkLearningRate, type LearningRate, learningRateAt } from './schedule.ts';
import { type Leaf, type NextLeaf, slotOptimizer } from './slot-optimizer.ts';

export interface SgdConfig {
  learningRate?: LearningRate;
  /** What is left of the velocity after a step; 0 for none. */
  momentum?: number;
  /** Looks one step of momentum ahead. */
  nesterov?: boolean;
  /** L2 regularisation: this times the parameter is added to the gradient. */
  weightDecay?: number;
}

/**
 * Stochastic gradient descent, with momentum (Polyak 1964) and Nesterov's accelerated form (Sutskever, Martens, Dahl & Hinton
 * 2013, https://proceedings.mlr.press/v28/sutskever13.html) as PyTorch writes them:
 *
 *   g = gradient + λ θ      v′ = μ v + g      Δ = −α v′, or with Nesterov −α (g + μ v′)
 *
 * The state is of the size of the parameters where there is momentum, and a count where there is none.
 *
 * @throws ArgumentError for a rate that is not positive, a momentum outside [0, 1), or Nesterov without momentum
 */
export function sgd(config: SgdConfig = {}): Optimizer {
  checkOptions('sgd', 'config', config, [
    'learningRate',
    'momentum',
    'nesterov',
    'weightDecay',
  ] satisfies (keyof SgdConfig)[]);
  const { learningRate = 1e-2, momentum = 0, nesterov = false, weightDecay = 0 } = config;
  checkLearningRate('sgd', learningRate);
  checkNumber('sgd', 'momentum', momentum, 'a number from 0 to below 1');
  checkNumber('sgd', 'weightDecay', weightDecay, 'a number from 0 to below 1');
  if (nesterov && momentum === 0) {
    throw new ArgumentError(
      'sgd: `nesterov` is true and `momentum` 0: there is nothing to look ahead by. Set `momentum`, often 0.9.',
    );
  }
  return slotOptimizer<never, 'velocity'>({
    name: 'sgd',
    slots: momentum === 0 ? [] : ['velocity'],
    follow(leaves, step) {
      const rate = learningRateAt('sgd', learningRate, step);
      const config = { learningRate: rate, momentum, nesterov, weightDecay };
      return kernelsAvailable() ? sgdUpdate(leaves, config) : leaves.map((leaf) => composedSgd(leaf, config));
    },
  });
}

/** The definition, of tfjs ops. */
export function composedSgd(
  { gradient, param, velocity }: Leaf<never, 'velocity'>,
  { learningRate, momentum, nesterov, weightDecay }: SgdSettings,
): NextLeaf<never, 'velocity'> {
  const g = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(param, weightDecay));
  if (!velocity) return { update: tf.mul(g, -learningRate) };
  const next = tf.add(tf.mul(velocity, momentum), g);
  const direction = nesterov ? tf.add(g, tf.mul(next, momentum)) : next;
  return { update: tf.mul(direction, -learningRate), velocity: next };
}
