import type * as tf from '@tensorflow/tfjs-core';
import { type FusedOptimizer, runOptimizer } from './optimizer-kernels.ts';

/** What Adam reads of one parameter. */
export interface AdamLeaf {
  gradient: tf.Tensor;
  /** Running mean of the gradient, zeros before the first step. */
  mean: tf.Tensor;
  /** Running mean of the squared gradient, zeros before the first step. */
  square: tf.Tensor;
  /** The parameter itself, which only weight decay needs. */
  param?: tf.Tensor | undefined;
}

export interface AdamSettings {
  /** 1 for the first step. */
  step: number;
  learningRate: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Decoupled weight decay (Loshchilov and Hutter 2019), 0 for plain Adam. */
  weightDecay: number;
}

export const fusedAdam: FusedOptimizer = { name: 'adam', slots: ['mean', 'square'] };

/**
 * One step of Adam (Kingma and Ba 2015) or AdamW for all parameters in one call: what to add to each, and the next means. The
 * arguments stay as they are. Ask `kernelsAvailable()` first.
 */
export function adamUpdate(
  leaves: readonly AdamLeaf[],
  { step, learningRate, beta1, beta2, epsilon, weightDecay }: AdamSettings,
): Record<'update' | 'mean' | 'square', tf.Tensor>[] {
  const used = weightDecay === 0 ? leaves.map(({ param, ...leaf }) => leaf) : leaves;
  return runOptimizer(
    fusedAdam,
    used.map((leaf) => ({ ...leaf })),
    [learningRate, beta1, beta2, epsilon, weightDecay, 1 - beta1 ** step, 1 - beta2 ** step],
  ) as Record<'update' | 'mean' | 'square', tf.Tensor>[];
}
