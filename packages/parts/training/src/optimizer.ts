import { ArgumentError, mapParams, type ParamTree, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';

/**
 * A pair of functions that turns gradients into updates, as in optax. Parts of it (clipping, a decay) have the same
 * form, so that `chain` makes one of many.
 */
export interface Optimizer {
  readonly name: string;
  /** The state before the first update. */
  init(params: ParamTree): ParamTree;
  /**
   * What to add to the parameters, and the next state: all new tensors. The caller disposes of the old ones.
   *
   * @param gradients in the structure of `params`
   */
  update<Params extends ParamTree>(
    params: Params,
    gradients: Params,
    state: ParamTree,
  ): { updates: Params; state: ParamTree };
  /**
   * The next state after an evaluation, for what waits for a loss that stops falling: all new tensors, as `update` gives.
   *
   * @param loss the smaller the better
   */
  observe?(state: ParamTree, loss: number): ParamTree;
  /** Averages to evaluate and keep in place of the parameters, if there are any yet; the caller disposes of them. */
  average?<Params extends ParamTree>(params: Params, state: ParamTree): Params | undefined;
}

/**
 * One optimizer of several: each takes the updates of the one before as its gradients.
 *
 * @throws ArgumentError where something comes after a part that averages: the parameters would go where it did not look
 */
export function chain(...parts: readonly Optimizer[]): Optimizer {
  const averaging = parts.findIndex((part) => part.average);
  const after = averaging < 0 ? undefined : parts.slice(averaging).find((part) => !part.average);
  if (after) {
    throw new ArgumentError(
      `chain: ${after.name} comes after ${parts[averaging]!.name}, which averages the parameters as it leaves them. Put it before.`,
    );
  }
  return {
    name: parts.map((part) => part.name).join(' → '),
    init: (params) => parts.map((part) => part.init(params)),
    update<Params extends ParamTree>(params: Params, gradients: Params, states: ParamTree) {
      return tidyTree(() => {
        let updates = gradients;
        const next = parts.map((part, i) => {
          const result = part.update(params, updates, (states as readonly ParamTree[])[i]!);
          updates = result.updates;
          return result.state;
        });
        return { updates, state: next };
      });
    },
    observe: (states, loss) =>
      parts.map((part, i) => {
        const state = (states as readonly ParamTree[])[i]!;
        return part.observe?.(state, loss) ?? mapParams(state, (tensor) => tf.clone(tensor));
      }),
    ...(averaging >= 0 && {
      average<Params extends ParamTree>(params: Params, states: ParamTree) {
        for (const [i, part] of [...parts.entries()].reverse()) {
          const average = part.average?.(params, (states as readonly ParamTree[])[i]!);
          if (average) return average;
        }
        return undefined;
      },
    }),
  };
}

/** The parameters with their updates added: new tensors, or the same variables with new values. */
export function applyUpdates<Params extends ParamTree>(params: Params, updates: Params): Params {
  const steps = new Map<string, tf.Tensor>();
  mapParams(updates, (tensor, path) => {
    steps.set(path, tensor);
    return tensor;
  });
  return mapParams(params, (tensor, path) => {
    const next = tf.add(tensor, steps.get(path)!);
    if (!(tensor instanceof tf.Variable)) return next;
    tensor.assign(next);
    next.dispose();
    return tensor;
  });
}
