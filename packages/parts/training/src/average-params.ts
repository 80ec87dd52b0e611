import {
  ArgumentError,
  checkNumber,
  flattenParams,
  mapParams,
  type ParamTree,
  tidyTree,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Optimizer } from './optimizer.ts';

/** An average of the parameters beside them, and what else an averaging rule remembers. */
type Averaging = { step: tf.Scalar; average: ParamTree; [own: string]: ParamTree };

export interface AveragingRule {
  name: string;
  /** What the rule remembers besides, at first. */
  init?(): Record<string, tf.Tensor>;
  /** The share of the newest parameters in the average after step `step`, 1 for the first. */
  weight(step: number, own: Averaging): number;
  /** Whether there is an average worth evaluating. */
  ready?(step: number, own: Averaging): boolean;
  /** What the rule remembers after an evaluation. */
  observe?(loss: number, own: Averaging): Record<string, tf.Tensor>;
}

/**
 * Exponential moving average of the parameters (Polyak & Juditsky 1992; as in Tarvainen & Valpola 2017,
 * https://arxiv.org/abs/1703.01780), the last part of a chain: `chain(adam(), averageParams(0.999))`. It changes no update.
 * `fit` evaluates the average, and a reader saves it in place of the parameters.
 *
 * @param decay what is left of the average after a step
 * @throws ArgumentError when `decay` is not from 0 to below 1
 */
export function averageParams(decay: number): Optimizer {
  checkNumber('averageParams', 'decay', decay, 'a number from 0 to below 1');
  return averaging({ name: 'averageParams', weight: () => 1 - decay });
}

/** A part of a chain that averages the parameters by a rule. */
export function averaging(rule: AveragingRule): Optimizer {
  return {
    name: rule.name,
    init: (params) => ({
      step: tf.scalar(0, 'int32'),
      average: mapParams(params, copy),
      ...rule.init?.(),
    }),
    update<Params extends ParamTree>(params: Params, gradients: Params, state: ParamTree) {
      return tidyTree(() => {
        const { step, average, ...own } = state as Averaging;
        const done = step.dataSync()[0]! + 1;
        const weight = rule.weight(done, state as Averaging);
        const moved = new Map(flattenParams(gradients));
        const now = new Map(flattenParams(params));
        const next = mapParams(average, (old, path) => {
          const update = moved.get(path);
          if (!update) throw new ArgumentError(`${rule.name}: there is no update for \`${path}\`.`);
          const param = tf.add(now.get(path)!, update);
          return weight === 1 ? param : tf.add(old, tf.mul(tf.sub(param, old), weight));
        });
        return {
          updates: mapParams(gradients, (update) => tf.clone(update)),
          state: {
            ...mapParams(own, (tensor) => tf.clone(tensor)),
            step: tf.scalar(done, 'int32'),
            average: next,
          },
        };
      });
    },
    ...(rule.observe && {
      observe(state: ParamTree, loss: number) {
        const { step, average } = state as Averaging;
        const own = rule.observe!(loss, state as Averaging);
        return { step: tf.clone(step), average: mapParams(average, (tensor) => tf.clone(tensor)), ...own };
      },
    }),
    average<Params extends ParamTree>(_params: Params, state: ParamTree) {
      const own = state as Averaging;
      const step = own.step.dataSync()[0]!;
      if (step === 0 || rule.ready?.(step, own) === false) return undefined;
      return mapParams(own.average as Params, (tensor) => tf.clone(tensor));
    },
  };
}

/** Of a variable too, whose clone would change with it. */
function copy(tensor: tf.Tensor): tf.Tensor {
  return tf.tidy(() => tf.add(tensor, 0));
}
