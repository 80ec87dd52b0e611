import {
  checkNumber,
  checkOptions,
  kernelsAvailable,
  type RmspropSettings,
  rmspropUpdate,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import { checkLearningRate, type LearningRate, learningRateAt } from './schedule.ts';
import { type Leaf, type NextLeaf, slotOptimizer } from './slot-optimizer.ts';

export interface RmspropConfig {
  learningRate?: LearningRate;
  /** What is left of the running means after a step. */
  decay?: number;
  epsilon?: number;
  /** What is left of the velocity after a step; 0 for none. */
  momentum?: number;
  /** Divides by the standard deviation of the gradient in place of its root mean square. */
  centered?: boolean;
}

/**
 * RMSProp (Tieleman & Hinton 2012, https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf; centered: Graves
 * 2013, https://arxiv.org/abs/1308.0850, equations 38 to 45) as PyTorch writes it:
 *
 *   s′ = ρ s + (1 − ρ) g²      m′ = ρ m + (1 − ρ) g (centered, else 0)
 *   d  = g / (√(s′ − m′²) + ε)      v′ = μ v + d      Δ = −α v′
 *
 * The state is once the size of the parameters, and once more for each of momentum and centering.
 *
 * @throws ArgumentError for a rate that is not positive, or a decay or momentum outside [0, 1)
 */
export function rmsprop(config: RmspropConfig = {}): Optimizer {
  checkOptions('rmsprop', 'config', config, [
    'learningRate',
    'decay',
    'epsilon',
    'momentum',
    'centered',
  ] satisfies (keyof RmspropConfig)[]);
  const { learningRate = 1e-2, decay = 0.99, epsilon = 1e-8, momentum = 0, centered = false } = config;
  checkLearningRate('rmsprop', learningRate);
  checkNumber('rmsprop', 'decay', decay, 'a number from 0 to below 1');
  checkNumber('rmsprop', 'epsilon', epsilon, 'a positive number');
  checkNumber('rmsprop', 'momentum', momentum, 'a number from 0 to below 1');
  return slotOptimizer<'square', Optional>({
    name: 'rmsprop',
    slots: [
      'square',
      ...(centered ? ['mean' as const] : []),
      ...(momentum === 0 ? [] : ['velocity' as const]),
    ],
    follow(leaves, step) {
      const rate = learningRateAt('rmsprop', learningRate, step);
      const config = { learningRate: rate, decay, epsilon, momentum };
      return kernelsAvailable()
        ? rmspropUpdate(leaves, config)
        : leaves.map((leaf) => composedRmsprop(leaf, config));
    },
  });
}

/** What a centered RMSProp and one with momentum remember besides. */
type Optional = 'mean' | 'velocity';

/** The definition, of tfjs ops. */
export function composedRmsprop(
  { gradient, square, mean, velocity }: Leaf<'square', Optional>,
  { learningRate, decay, epsilon, momentum }: RmspropSettings,
): NextLeaf<'square', Optional> {
  const nextSquare = tf.add(tf.mul(square, decay), tf.mul(tf.square(gradient), 1 - decay));
  const nextMean = mean && tf.add(tf.mul(mean, decay), tf.mul(gradient, 1 - decay));
  // Rounding can make a variance a little less than zero.
  const spread = nextMean ? tf.maximum(tf.sub(nextSquare, tf.square(nextMean)), 0) : nextSquare;
  const step = tf.div(gradient, tf.add(tf.sqrt(spread), epsilon));
  const next = velocity && tf.add(tf.mul(velocity, momentum), step);
  return {
    update: tf.mul(next ?? step, -learningRate),
    square: nextSquare,
    ...(nextMean && { mean: nextMean }),
    ...(next && { velocity: next }),
  };
}
