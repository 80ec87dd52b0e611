import { checkNumber, dropoutMask, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig } from './cell.ts';
import { hiddenPart, withHiddenPart } from './hidden-part.ts';

/**
 * A cell whose hidden vector is dropped in part, in training: the same units at every step of a sequence, scaled by
 * 1 / (1 − rate), on their way into the next step (variational dropout, Gal & Ghahramani 2016,
 * https://arxiv.org/abs/1512.05287). The outputs and an LSTM's memory are left whole.
 *
 * Without an `rng` it is the cell itself, on its fused road; with one it goes step by step. `weightDrop` of
 * @ostinato/layers drops recurrent connections and stays on the fused road.
 *
 * @param rate how much is dropped, from 0 to below 1
 * @throws ArgumentError for another rate, or (when it runs) for a stack: wrap its cells one by one
 */
export function recurrentDropout<
  Params extends ParamTree,
  State extends ParamTree,
  Config extends CellConfig,
>(cell: Cell<Params, State, Config>, rate: number): Cell<Params, State, Config> {
  checkNumber('recurrentDropout', 'rate', rate, 'a number from 0 to below 1');
  return {
    ...cell,
    name: `recurrentDropout(${cell.name})`,
    trainingStep(params, initialState, rng) {
      const mask = dropoutMask<tf.Rank.R2>(rng, hiddenPart('recurrentDropout', initialState).shape, rate);
      const step = cell.trainingStep?.(params, initialState, rng) ?? cell.step;
      return (params, input, state) => {
        const kept: tf.Tensor2D = tf.mul(hiddenPart('recurrentDropout', state), mask);
        return step(params, input, withHiddenPart(state, kept));
      };
    },
  };
}
