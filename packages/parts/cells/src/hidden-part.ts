import { ArgumentError, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The hidden vector of a cell's state: the state itself, or its part `hidden`.
 *
 * @throws ArgumentError for a state that has none, as that of a stack
 */
export function hiddenPart(caller: string, state: ParamTree): tf.Tensor2D {
  const hidden = state instanceof tf.Tensor ? state : (state as { hidden?: ParamTree }).hidden;
  if (hidden instanceof tf.Tensor) return hidden as tf.Tensor2D;
  throw new ArgumentError(
    `${caller}: this state has no part \`hidden\`. Wrap the cells one by one, and stack what comes of it.`,
  );
}
