import {
  type AdamSettings,
  adamUpdate,
  checkNumber,
  checkOptions,
  kernelsAvailable,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import type { PathFilter } from './path-filter.ts';
import { checkLearningRate, type LearningRate, learningRateAt } from './schedule.ts';
import { type Leaf, type NextLeaf, slotOptimizer } from './slot-optimizer.ts';

export interface AdamConfig {
  learningRate?: LearningRate;
  /** Decay of the mean of the gradients. */
  beta1?: number;
  /** Decay of the mean of their squares. */
  beta2?: number;
  epsilon?: number;
}

export interface AdamWConfig extends AdamConfig {
  /** The share of each parameter, times the learning rate, that a step takes away. */
  weightDecay?: number;
  /** Which parameters decay; all when left out. */
  decays?: PathFilter;
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
export function adam(config: AdamConfig = {}): Optimizer {
  checkOptions('adam', 'config', config, adamOptions);
  return adamFamily('adam', { ...config, weightDecay: 0 });
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019, https://arxiv.org/abs/1711.05101, algorithm 2): Adam's step, less
 * α λ times the parameter.
 *
 * @throws ArgumentError for a rate that is not positive, or a decay outside [0, 1)
 */
export function adamW(config: AdamWConfig = {}): Optimizer {
  checkOptions('adamW', 'config', config, [
    ...adamOptions,
    'weightDecay',
    'decays',
  ] satisfies (keyof AdamWConfig)[]);
  const { weightDecay = 1e-2, ...rest } = config;
  return adamFamily('adamW', { ...rest, weightDecay });
}

const adamOptions = ['learningRate', 'beta1', 'beta2', 'epsilon'] satisfies (keyof AdamConfig)[];

function adamFamily(
  name: string,
  { learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decays }: AdamWConfig,
): Optimizer {
  checkLearningRate(name, learningRate);
  checkNumber(name, 'beta1', beta1, 'a number from 0 to below 1');
  checkNumber(name, 'beta2', beta2, 'a number from 0 to below 1');
  checkNumber(name, 'epsilon', epsilon, 'a positive number');
  checkNumber(name, 'weightDecay', weightDecay, 'a number from 0 to below 1');
  return slotOptimizer<AdamSlot>({
    name,
    slots: ['mean', 'square'],
    follow(leaves, step, paths) {
      const rate = learningRateAt(name, learningRate, step);
      const config = { step, learningRate: rate, beta1, beta2, epsilon, weightDecay };
      const fixed = (i: number) => decays !== undefined && !decays(paths[i]!);
      return kernelsAvailable()
        ? adamUpdate(
            leaves.map(({ param, ...leaf }, i) => (fixed(i) ? leaf : { ...leaf, param })),
            config,
          )
        : leaves.map((leaf, i) => composedAdam(leaf, fixed(i) ? { ...config, weightDecay: 0 } : config));
    },
  });
}

type AdamSlot = 'mean' | 'square';

/** The definition, of tfjs ops. */
export function composedAdam(
  { gradient, param, mean, square }: Leaf<AdamSlot>,
  { step, learningRate, beta1, beta2, epsilon, weightDecay }: AdamSettings,
): NextLeaf<AdamSlot> {
  const nextMean = tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1));
  const nextSquare = tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2));
  const scale = tf.add(tf.mul(tf.sqrt(nextSquare), 1 / Math.sqrt(1 - beta2 ** step)), epsilon);
  const descent = tf.div(tf.mul(nextMean, -learningRate / (1 - beta1 ** step)), scale);
  const update = weightDecay === 0 ? descent : tf.sub(descent, tf.mul(param, learningRate * weightDecay));
  return { update, mean: nextMean, square: nextSquare };
}
