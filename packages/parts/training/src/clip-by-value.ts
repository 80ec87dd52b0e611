import { checkNumber, mapParams, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/**
 * Cuts every number of the gradients to at most `maxValue` and at least `−maxValue` (Mikolov 2012).
 *
 * @throws ArgumentError when `maxValue` is not positive
 */
export function clipByValue(maxValue: number): Optimizer {
  checkNumber('clipByValue', 'maxValue', maxValue, 'a positive number');
  return {
    name: 'clipByValue',
    init: () => [],
    update: (_params, gradients) =>
      tidyTree(() => ({
        updates: mapParams(gradients, (gradient) => tf.clipByValue(gradient, -maxValue, maxValue)),
        state: [],
      })),
  };
}
