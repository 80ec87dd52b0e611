import { checkNumber, checkOptions } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { averaging } from './average-params.ts';
import { chain, type Optimizer } from './optimizer.ts';
import { checkLearningRate, type LearningRate, learningRateAt } from './schedule.ts';
import { sgd } from './sgd.ts';

export interface AveragedSgdConfig {
  learningRate?: LearningRate;
  /** λ, which decays the weights and, with `power`, the rate. */
  decay?: number;
  /** How fast the rate falls: α / (1 + λ α t) to this power. */
  power?: number;
  /** The steps before averaging begins. */
  start?: number;
  /** L2 regularisation besides λ. */
  weightDecay?: number;
}

/**
 * Averaged stochastic gradient descent (Polyak & Juditsky 1992, https://doi.org/10.1137/0330046) as PyTorch's ASGD: the average
 * of all parameters after the first `start` steps is what `fit` evaluates.
 *
 * @throws ArgumentError for a rate that is not positive, or a decay outside [0, 1)
 */
export function averagedSgd(config: AveragedSgdConfig = {}): Optimizer {
  checkOptions('averagedSgd', 'config', config, [
    'learningRate',
    'decay',
    'power',
    'start',
    'weightDecay',
  ] satisfies (keyof AveragedSgdConfig)[]);
  const { learningRate = 1e-2, decay = 1e-4, power = 0.75, start = 1_000_000, weightDecay = 0 } = config;
  checkLearningRate('averagedSgd', learningRate);
  checkNumber('averagedSgd', 'decay', decay, 'a number from 0 to below 1');
  checkNumber('averagedSgd', 'power', power, 'a number from 0 to 1');
  checkNumber('averagedSgd', 'start', start, 'a whole number');
  checkNumber('averagedSgd', 'weightDecay', weightDecay, 'a number from 0 to below 1');
  const falling = (step: number) => {
    const rate = learningRateAt('averagedSgd', learningRate, step + 1);
    return rate / (1 + decay * rate * step) ** power;
  };
  const average = averaging({
    name: 'average',
    weight: (step) => 1 / Math.max(1, step - 1 - start),
    ready: (step) => step > start,
  });
  return {
    ...chain(sgd({ learningRate: falling, weightDecay: decay + weightDecay }), average),
    name: 'averagedSgd',
  };
}

export interface NtAsgdConfig {
  learningRate?: LearningRate;
  /** n, the evaluations that may pass without a better one before averaging begins. */
  patience?: number;
  /** L2 regularisation. */
  weightDecay?: number;
}

/**
 * Averaged gradient descent that begins to average by itself, once an evaluation is worse than the best of those more than
 * `patience` evaluations ago (NT-ASGD: Merity, Keskar & Socher 2018, https://arxiv.org/abs/1708.02182, algorithm 1). `fit` tells it
 * of every evaluation.
 *
 * @throws ArgumentError for a rate that is not positive, or a patience that is no positive integer
 */
export function ntAsgd(config: NtAsgdConfig = {}): Optimizer {
  checkOptions('ntAsgd', 'config', config, [
    'learningRate',
    'patience',
    'weightDecay',
  ] satisfies (keyof NtAsgdConfig)[]);
  const { learningRate = 30, patience = 5, weightDecay = 0 } = config;
  checkLearningRate('ntAsgd', learningRate);
  checkNumber('ntAsgd', 'patience', patience, 'a positive integer');
  checkNumber('ntAsgd', 'weightDecay', weightDecay, 'a number from 0 to below 1');
  const number = (tensor: unknown) => (tensor as tf.Scalar).dataSync()[0]!;
  const average = averaging({
    name: 'average',
    init: () => ({
      start: tf.scalar(-1, 'int32'), // not begun
      best: tf.scalar(Number.POSITIVE_INFINITY), // of the evaluations before `recent`
      recent: tf.fill([patience], Number.POSITIVE_INFINITY), // the oldest first
    }),
    weight(step, { start }) {
      const begun = number(start);
      return begun < 0 ? 1 : 1 / (step - begun + 1); // the parameters that it began with count, too
    },
    ready: (_step, { start }) => number(start) >= 0,
    observe(loss, { step, start, best, recent }) {
      const begun = number(start);
      const earlier = number(best);
      const [oldest, ...others] = (recent as tf.Tensor1D).dataSync();
      const begins = begun < 0 && Math.fround(loss) > earlier;
      return {
        start: tf.scalar(begins ? number(step) : begun, 'int32'),
        best: tf.scalar(Math.min(earlier, oldest!)),
        recent: tf.tensor1d([...others, loss]),
      };
    },
  });
  return { ...chain(sgd({ learningRate, weightDecay }), average), name: 'ntAsgd' };
}
