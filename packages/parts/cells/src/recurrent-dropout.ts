import { ArgumentError, checkNumber, dropoutMask, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig } from './cell.ts';
import { hiddenPart } from './hidden-part.ts';

/**
 * A cell whose hidden vector is dropped in part, in training: the same units at every step of a sequence, scaled by
 * 1 / (1 − rate), on their way into the next step's recurrent product (variational dropout, Gal & Ghahramani 2016,
 * https://arxiv.org/abs/1512.05287). The outputs, an LSTM's memory and what a GRU's update gate carries are left whole.
 *
 * Without an `rng` it is the cell itself, on its fused road; with one it goes step by step. `weightDrop` of
 * @ostinato/layers drops recurrent connections and stays on the fused road. With zoneout:
 * `zoneout(recurrentDropout(cell, rate), rates)`.
 *
 * @param cell one that has `stepSeeing`: rnn, reluRnn, lstm, layerNormLstm, gru or gruResetBefore
 * @param rate how much is dropped, from 0 to below 1
 * @throws ArgumentError for another rate or cell; wrap the cells of a stack one by one
 */
export function recurrentDropout<
  Params extends ParamTree,
  State extends ParamTree,
  Config extends CellConfig,
>(cell: Cell<Params, State, Config>, rate: number): Cell<Params, State, Config> {
  checkNumber('recurrentDropout', 'rate', rate, 'a number from 0 to below 1');
  const { stepSeeing, ...whole } = cell;
  // Scaled at every step, a vector that also goes another way grows without bound; noise of the cell's own would be lost.
  if (!stepSeeing || cell.trainingStep) {
    throw new ArgumentError(
      `recurrentDropout: \`cell\` is ${cell.name}, expected rnn, reluRnn, lstm, layerNormLstm, gru or gruResetBefore, ` +
        'whose hidden vector goes through a recurrent product. Wrap the cells of a stack one by one, and with zoneout ' +
        'write zoneout(recurrentDropout(…)), not the other way about.',
    );
  }
  return {
    ...whole,
    name: `recurrentDropout(${cell.name})`,
    trainingStep(_params, initialState, rng) {
      const mask = dropoutMask<tf.Rank.R2>(rng, hiddenPart('recurrentDropout', initialState).shape, rate, {
        where: 'recurrentDropout',
      });
      return (params, input, state) =>
        stepSeeing.call(cell, params, input, state, tf.mul(hiddenPart('recurrentDropout', state), mask));
    },
  };
}
