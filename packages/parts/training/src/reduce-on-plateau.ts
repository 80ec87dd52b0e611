import { checkNumber, checkOptions, mapParams, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

export interface ReduceOnPlateauConfig {
  /** What the rate is multiplied by. */
  factor?: number;
  /** How many evaluations in a row may bring nothing before the rate falls. */
  patience?: number;
  /** The share by which an evaluation must be better than the best to count. */
  threshold?: number;
  /** How many evaluations after a fall are not counted. */
  cooldown?: number;
  /** The smallest share of the rate that is left. */
  floor?: number;
}

type State = { scale: tf.Scalar; best: tf.Scalar; bad: tf.Scalar; cooling: tf.Scalar };

/**
 * Lowers the learning rate when the validation loss stops falling, as PyTorch's ReduceLROnPlateau. Written after an optimizer,
 * `chain(adam(), reduceOnPlateau())`, it multiplies the updates by its factor so far, which is the same as another learning rate.
 * Before `averagedSgd` and `ntAsgd`, which average what comes out at the end, it multiplies their gradients: the same again, where
 * they decay nothing themselves. `fit` tells it of every evaluation.
 *
 * @throws ArgumentError for a factor or share outside [0, 1), or counts that are no whole numbers
 */
export function reduceOnPlateau(config: ReduceOnPlateauConfig = {}): Optimizer {
  checkOptions('reduceOnPlateau', 'config', config, [
    'factor',
    'patience',
    'threshold',
    'cooldown',
    'floor',
  ] satisfies (keyof ReduceOnPlateauConfig)[]);
  const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, floor = 0 } = config;
  const name = 'reduceOnPlateau';
  checkNumber(name, 'factor', factor, 'a number from 0 to below 1');
  checkNumber(name, 'patience', patience, 'a whole number');
  checkNumber(name, 'threshold', threshold, 'a number from 0 to below 1');
  checkNumber(name, 'cooldown', cooldown, 'a whole number');
  checkNumber(name, 'floor', floor, 'a number from 0 to 1');
  return {
    name,
    init: () => ({
      scale: tf.scalar(1),
      best: tf.scalar(Number.POSITIVE_INFINITY),
      bad: tf.scalar(0, 'int32'),
      cooling: tf.scalar(0, 'int32'),
    }),
    update(_params, gradients, state) {
      return tidyTree(() => {
        const { scale, ...rest } = state as State;
        const next = Object.fromEntries(Object.entries(rest).map(([key, tensor]) => [key, tf.clone(tensor)]));
        return {
          updates: mapParams(gradients, (update) => tf.mul(update, scale)),
          state: { scale: tf.clone(scale), ...next },
        };
      });
    },
    observe(state, value) {
      const loss = Math.fround(value); // as `best` is kept
      let [scale, best, bad, cooling] = (['scale', 'best', 'bad', 'cooling'] as const).map(
        (key) => (state as State)[key].dataSync()[0]!,
      ) as [number, number, number, number];
      // A negative loss (a log density) gets better downwards, too.
      const wanted = best - threshold * Math.abs(best);
      if (loss < (Number.isFinite(best) ? wanted : best)) [best, bad] = [loss, 0];
      else bad++;
      if (cooling > 0) [cooling, bad] = [cooling - 1, 0];
      if (bad > patience) [scale, bad, cooling] = [Math.max(scale * factor, floor), 0, cooldown];
      return {
        scale: tf.scalar(scale),
        best: tf.scalar(best),
        bad: tf.scalar(bad, 'int32'),
        cooling: tf.scalar(cooling, 'int32'),
      };
    },
  };
}
