import {
  checkNumber,
  flattenParams,
  fusedGlobalNorm,
  kernelsAvailable,
  mapParams,
  type ParamTree,
  tidyTree,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** The length of all gradients taken as one vector. */
export function globalNorm(gradients: ParamTree): number {
  return tf.tidy(() => {
    const tensors = flattenParams(gradients).map(([, tensor]) => tensor);
    if (kernelsAvailable()) return fusedGlobalNorm(tensors).dataSync()[0]!;
    const squares = tensors.map((tensor) => tf.sum(tf.square(tensor)) as tf.Scalar);
    return Math.sqrt(tf.addN(squares).dataSync()[0]!);
  });
}

/**
 * Shortens the gradients, all by one factor, to a global norm of at most `maxNorm` (Pascanu, Mikolov & Bengio 2013,
 * https://arxiv.org/abs/1211.5063, algorithm 1).
 *
 * @throws ArgumentError when `maxNorm` is not positive
 */
export function clipByGlobalNorm(maxNorm: number): Optimizer {
  checkNumber('clipByGlobalNorm', 'maxNorm', maxNorm, 'a positive number');
  return {
    name: 'clipByGlobalNorm',
    init: () => [],
    update(_params, gradients) {
      return tidyTree(() => {
        const scale = Math.min(1, maxNorm / Math.max(globalNorm(gradients), Number.MIN_VALUE));
        const shorten = (gradient: tf.Tensor) => (scale === 1 ? tf.clone(gradient) : tf.mul(gradient, scale));
        return { updates: mapParams(gradients, shorten), state: [] };
      });
    },
  };
}
