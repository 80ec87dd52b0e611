import {
  ArgumentError,
  checkTensor,
  disposeParams,
  flattenParams,
  mapParams,
  type ParamTree,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellStepper } from './cell.ts';
import { checkParams } from './check-sequences.ts';

/**
 * The steps of a cell for streams and beams. Where it has kernels of their own (`rnn`, `reluRnn`, `lstm`, `gru`, stacks of
 * them) the parameters are laid out once, and a step reads them from end to end: 4 bytes a parameter until `dispose`. Others
 * take their `step`. What becomes of the parameters later is not seen.
 *
 * ```ts
 * const stream = stepper(lstm, params);
 * let state = lstm.zeroState(params, 1);
 * for (const input of inputs) {
 *   const next = stream.step(input, state); // [1, inputSize]
 *   disposeParams(state);
 *   state = next.state;
 * }
 * stream.dispose();
 * ```
 *
 * @throws ArgumentError for params that are not the cell's
 */
export function stepper<Params extends ParamTree, State extends ParamTree>(
  cell: Cell<Params, State>,
  params: Params,
): CellStepper<State> {
  const inputSize = checkParams('stepper', cell, params);
  if (typeof cell.step !== 'function') {
    throw new ArgumentError(
      `stepper: ${cell.name} has no single steps, for it reads a sequence from its end, too. Use unroll.`,
    );
  }
  const { fused } = cell;
  return fused?.stepper && fused.available(params)
    ? fused.stepper(params)
    : composedStepper(cell, params, inputSize);
}

function composedStepper<Params extends ParamTree, State extends ParamTree>(
  cell: Cell<Params, State>,
  params: Params,
  inputSize: number,
): CellStepper<State> {
  const kept = mapParams(params, (tensor) => tf.keep(tf.clone(tensor)));
  const leaves = tf.tidy(
    () =>
      flattenParams(cell.zeroState(params, 1)).map(([path, zero]) => [path, zero.shape.slice(1)]) as never,
  ) as [path: string, shape: number[]][];
  return {
    step(input, state) {
      checkTensor('stepper', 'input', input, ['batch', inputSize]);
      const given = new Map(flattenParams(state));
      for (const [path, shape] of leaves) {
        const name = path === '' ? 'state' : `state.${path}`;
        checkTensor('stepper', name, given.get(path)!, [input.shape[0], ...shape]);
      }
      if (flattenParams(kept).some(([, tensor]) => tensor.isDisposed))
        throw new ArgumentError('stepper: it was disposed of. Make a new one of the parameters.');
      return cell.step(kept, input, state);
    },
    dispose: () => disposeParams(kept),
  };
}
