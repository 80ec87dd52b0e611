import { checkNumber, mapParams, type ParamTree, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { applyUpdates, type Optimizer } from './optimizer.ts';

type State = { count: tf.Scalar; sum: ParamTree; inner: ParamTree };

/**
 * Gathers the gradients of `every` batches and gives their mean to an optimizer: as a batch so many times as large, in the
 * memory of a small one. In between nothing moves.
 *
 * @throws ArgumentError when `every` is no positive integer
 */
export function accumulateGradients(every: number, optimizer: Optimizer): Optimizer {
  checkNumber('accumulateGradients', 'every', every, 'a positive integer');
  const clone = <Tree extends ParamTree>(tree: Tree) => mapParams(tree, (tensor) => tf.clone(tensor));
  return {
    name: `accumulateGradients(${optimizer.name})`,
    init: (params) => ({
      count: tf.scalar(0, 'int32'),
      sum: mapParams(params, (param) => tf.zeros(param.shape)),
      inner: optimizer.init(params),
    }),
    update<Params extends ParamTree>(params: Params, gradients: Params, state: ParamTree) {
      return tidyTree(() => {
        const { count, sum, inner } = state as State;
        const gathered = count.dataSync()[0]! + 1;
        const total = applyUpdates(sum as Params, gradients);
        const zeros = mapParams(gradients, (gradient) => tf.zeros(gradient.shape));
        if (gathered < every) {
          const waiting = { count: tf.scalar(gathered, 'int32'), sum: total, inner: clone(inner) };
          return { updates: zeros, state: waiting };
        }
        const mean = mapParams(total, (tensor) => tf.div(tensor, every));
        const result = optimizer.update(params, mean, inner);
        return {
          updates: result.updates,
          state: { count: tf.scalar(0, 'int32'), sum: zeros, inner: result.state },
        };
      });
    },
    ...(optimizer.observe && {
      observe(state: ParamTree, loss: number) {
        const { count, sum, inner } = state as State;
        return { count: tf.clone(count), sum: clone(sum), inner: optimizer.observe!(inner, loss) };
      },
    }),
    ...(optimizer.average && {
      average: <Params extends ParamTree>(params: Params, state: ParamTree) =>
        optimizer.average!(params, (state as State).inner),
    }),
  };
}
