import type * as tf from '@tensorflow/tfjs-core';
import { type FusedOptimizer, runOptimizer } from './optimizer-kernels.ts';

/** What gradient descent reads of one parameter. */
export interface SgdLeaf {
  gradient: tf.Tensor;
  /** The momentum of the steps before, zeros before the first; none where there is no momentum. */
  velocity?: tf.Tensor | undefined;
  /** The parameter itself, which only weight decay needs. */
  param?: tf.Tensor | undefined;
}

export interface SgdSettings {
  learningRate: number;
  momentum: number;
  nesterov: boolean;
  /** Added to the gradient times the parameter: the slope of ½ weightDecay · param². */
  weightDecay: number;
}

export const fusedSgd: FusedOptimizer = { name: 'sgd', slots: ['velocity'] };

/**
 * One step of gradient descent for all parameters in one call: what to add to each, and the next velocities where there are
 * any. The arguments stay as they are. Ask `kernelsAvailable()` first.
 */
export function sgdUpdate(
  leaves: readonly SgdLeaf[],
  { learningRate, momentum, nesterov, weightDecay }: SgdSettings,
): { update: tf.Tensor; velocity?: tf.Tensor }[] {
  const used = leaves.map(({ gradient, velocity, param }) => ({
    gradient,
    velocity: momentum === 0 ? undefined : velocity,
    param: weightDecay === 0 ? undefined : param,
  }));
  return runOptimizer(fusedSgd, used, [learningRate, momentum, Number(nesterov), weightDecay]) as {
    update: tf.Tensor;
    velocity?: tf.Tensor;
  }[];
}
