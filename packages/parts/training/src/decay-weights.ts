import { checkNumber, flattenParams, mapParams, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';
import type { PathFilter } from './path-filter.ts';

/**
 * L2 regularisation of some parameters: adds `rate` times the parameter to its gradient. Written before an optimizer,
 * `chain(decayWeights(1e-4, (path) => path.endsWith('Kernel')), sgd())`. For the decoupled form, give `adamW` its `decays`.
 *
 * @param decays which parameters; all when left out
 * @throws ArgumentError when `rate` is not from 0 to below 1
 */
export function decayWeights(rate: number, decays: PathFilter = () => true): Optimizer {
  checkNumber('decayWeights', 'rate', rate, 'a number from 0 to below 1');
  return {
    name: 'decayWeights',
    init: () => [],
    update: (params, gradients) =>
      tidyTree(() => {
        const leaves = new Map(flattenParams(params));
        return {
          updates: mapParams(gradients, (gradient, path) =>
            decays(path) ? tf.add(gradient, tf.mul(leaves.get(path)!, rate)) : tf.clone(gradient),
          ),
          state: [],
        };
      }),
  };
}
