import { checkNumber, flattenParams, mapParams, type ParamTree, type Rng, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellConfig, Step } from './cell.ts';
import { hiddenPart } from './hidden-part.ts';

export interface ZoneoutRates {
  /** How often a hidden unit keeps its value. */
  hidden?: number;
  /** How often a unit of an LSTM's memory keeps its value. */
  cell?: number;
}

/**
 * A cell whose units now and then keep their value of the step before (Krueger et al. 2017,
 * https://arxiv.org/abs/1606.01305). In training (where `unroll` is given an `rng`) chance decides, anew at every step;
 * otherwise every unit takes the mean of what may happen: rate · old + (1 − rate) · new.
 *
 * It goes step by step: there is no fused road.
 *
 * @throws ArgumentError for a rate outside [0, 1], or (when it runs) for a stack: wrap its cells one by one
 */
export function zoneout<Params extends ParamTree, State extends ParamTree, Config extends CellConfig>(
  cell: Cell<Params, State, Config>,
  rates: ZoneoutRates,
): Cell<Params, State, Config> {
  const { hidden = 0, cell: memory = 0 } = rates;
  checkNumber('zoneout', 'hidden', hidden, 'a number from 0 to 1');
  checkNumber('zoneout', 'cell', memory, 'a number from 0 to 1');
  // The old state travels past the product, too.
  const { fused: _fused, stepSeeing: _seeing, ...stepwise } = cell;

  const zoned = (next: Step<State>, before: State, rng?: Rng): Step<State> => {
    const previous = new Map(flattenParams(before));
    const state = mapParams(next.state, (now, path) => {
      const rate = path === 'cell' ? memory : hidden;
      if (rate === 0) return now;
      const old = previous.get(path)!;
      if (!rng) return tf.add(tf.mul(old, rate), tf.mul(now, 1 - rate));
      return tf.where(chance(rng, now.shape, rate), old, now);
    });
    return { output: hiddenPart('zoneout', state), state };
  };

  return {
    ...stepwise,
    name: `zoneout(${cell.name})`,

    step: (params, input, state) => tidyTree(() => zoned(cell.step(params, input, state), state)),

    trainingStep(params, initialState, rng) {
      const step = cell.trainingStep?.(params, initialState, rng) ?? cell.step;
      return (params, input, state) => zoned(step(params, input, state), state, rng);
    },
  };
}

/** True as often as the rate says. */
function chance(rng: Rng, shape: number[], rate: number): tf.Tensor {
  const values = new Uint8Array(tf.util.sizeFromShape(shape));
  for (let i = 0; i < values.length; i++) values[i] = rng.uniform() < rate ? 1 : 0;
  return tf.tensor(values, shape, 'bool');
}
