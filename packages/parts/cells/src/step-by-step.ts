import { flattenParams, mapParams, type ParamTree, realSteps, zeroPast } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, FusedOptions, Unrolled } from './cell.ts';

/** The definition of a cell over a sequence: one `step` after another. Padded steps output zeros and keep the state. */
export function stepByStep<Params extends ParamTree, State extends ParamTree>(
  step: Cell<Params, State>['step'],
  params: Params,
  inputs: tf.Tensor3D,
  { initialState, lengths, reverse }: Omit<FusedOptions<State>, 'rng'>,
): Unrolled<State> {
  const time = inputs.shape[1];
  const isReal = lengths && realSteps(lengths, time);
  const steps = tf.unstack(isReal ? zeroPast(inputs, isReal) : inputs, 1) as tf.Tensor2D[];
  const masks = isReal && (tf.split(isReal, time, 1) as tf.Tensor2D[]);

  const outputs: tf.Tensor2D[] = new Array(time);
  let state = initialState;
  for (let i = 0; i < time; i++) {
    const t = reverse ? time - 1 - i : i;
    const next = step(params, steps[t]!, state);
    const mask = masks?.[t];
    outputs[t] = mask ? tf.where(mask, next.output, tf.zerosLike(next.output)) : next.output;
    state = mask ? choose(mask, next.state, state) : next.state;
  }
  return { outputs: tf.stack(outputs, 1) as tf.Tensor3D, finalState: state };
}

function choose<State extends ParamTree>(mask: tf.Tensor2D, next: State, previous: State): State {
  const before = new Map(flattenParams(previous));
  return mapParams(next, (tensor, path) => tf.where(mask, tensor, before.get(path)!));
}
