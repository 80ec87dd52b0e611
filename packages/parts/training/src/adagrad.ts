import { checkNumber, checkOptions } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import { checkLearningRate, type LearningRate, learningRateAt } from './schedule.ts';
import { slotOptimizer } from './slot-optimizer.ts';

export interface AdagradConfig {
  learningRate?: LearningRate;
  epsilon?: number;
  /** What the sum of squares starts from. */
  initialSum?: number;
  /** L2 regularisation: this times the parameter is added to the gradient. */
  weightDecay?: number;
}

/**
 * Adagrad (Duchi, Hazan & Singer 2011, https://jmlr.org/papers/v12/duchi11a.html, diagonal form), as PyTorch writes it:
 *
 *   g = gradient + λ θ      s′ = s + g²      Δ = −α g / (√s′ + ε)
 *
 * Made of tfjs ops. The state is of the size of the parameters.
 *
 * @throws ArgumentError for a rate or ε that is not positive, a decay outside [0, 1), or a sum below 0
 */
export function adagrad(config: AdagradConfig = {}): Optimizer {
  checkOptions('adagrad', 'config', config, [
    'learningRate',
    'epsilon',
    'initialSum',
    'weightDecay',
  ] satisfies (keyof AdagradConfig)[]);
  const { learningRate = 1e-2, epsilon = 1e-10, initialSum = 0, weightDecay = 0 } = config;
  checkLearningRate('adagrad', learningRate);
  checkNumber('adagrad', 'epsilon', epsilon, 'a positive number');
  checkNumber('adagrad', 'weightDecay', weightDecay, 'a number from 0 to below 1');
  if (initialSum !== 0) checkNumber('adagrad', 'initialSum', initialSum, 'a positive number');
  return slotOptimizer<'sum'>({
    name: 'adagrad',
    slots: ['sum'],
    initial: initialSum,
    follow(leaves, step) {
      const rate = learningRateAt('adagrad', learningRate, step);
      return leaves.map(({ gradient, param, sum }) => {
        const g = weightDecay === 0 ? gradient : tf.add(gradient, tf.mul(param, weightDecay));
        const next = tf.add(sum, tf.square(g));
        return { update: tf.div(tf.mul(g, -rate), tf.add(tf.sqrt(next), epsilon)), sum: next };
      });
    },
  });
}
