import type * as tf from '@tensorflow/tfjs-core';
import { type FusedOptimizer, runOptimizer } from './optimizer-kernels.ts';

/** What RMSProp reads of one parameter. */
export interface RmspropLeaf {
  gradient: tf.Tensor;
  /** Running mean of the squared gradient, zeros before the first step. */
  square: tf.Tensor;
  /** Running mean of the gradient, zeros before the first step; given where the variance is wanted. */
  mean?: tf.Tensor | undefined;
  /** The momentum of the steps before, zeros before the first; none where there is no momentum. */
  velocity?: tf.Tensor | undefined;
}

export interface RmspropSettings {
  learningRate: number;
  /** What is left of the running means after a step. */
  decay: number;
  epsilon: number;
  momentum: number;
}

export const fusedRmsprop: FusedOptimizer = { name: 'rmsprop', slots: ['square', 'mean', 'velocity'] };

/**
 * One step of RMSProp for all parameters in one call: what to add to each, and the next slots, those that were given. The
 * arguments stay as they are. Ask `kernelsAvailable()` first.
 */
export function rmspropUpdate(
  leaves: readonly RmspropLeaf[],
  { learningRate, decay, epsilon, momentum }: RmspropSettings,
): { update: tf.Tensor; square: tf.Tensor; mean?: tf.Tensor; velocity?: tf.Tensor }[] {
  const used = leaves.map(({ gradient, square, mean, velocity }) => ({ gradient, square, mean, velocity }));
  return runOptimizer(fusedRmsprop, used, [learningRate, decay, epsilon, momentum]) as ReturnType<
    typeof rmspropUpdate
  >;
}
