import {
  ArgumentError,
  checkNumber,
  checkTensor,
  disposeParams,
  keepParams,
  mapParams,
  type ParamTree,
  tidyTree,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, CellSteps } from './cell.ts';
import { askCell, checkParams, checkState } from './check-sequences.ts';

/** The steps of a cell, for streams and beams. */
export interface CellStepper<State> extends CellSteps<State> {
  /**
   * The state before the first step: zeros.
   *
   * @throws ArgumentError for a batch size that is no positive integer
   */
  zeroState(batchSize: number): State;
  /**
   * One time step, as the cell's own `step`. No gradient.
   *
   * @param input [batch, inputSize], float32
   * @returns new tensors; the output may be one of the state's
   * @throws ShapeError or ArgumentError for what does not fit or was disposed of, and where tfjs records a gradient
   */
  step: CellSteps<State>['step'];
}

/**
 * One step after another, for streams and beams. The parameters are those of now, whatever becomes of them later. Cells with
 * step kernels (`rnn`, `reluRnn`, `lstm`, `gru`, also in stacks) lay them out once, in panels of 32 columns and 4 rows:
 * 4 bytes a parameter, more for narrow layers, until `dispose`. The others take their `step`.
 *
 * ```ts
 * const stream = stepper(lstm, params);
 * let state = stream.zeroState(1);
 * for (const input of inputs) {
 *   const next = stream.step(input, state); // [1, inputSize]
 *   disposeParams(state);
 *   state = next.state;
 * }
 * stream.dispose();
 * ```
 *
 * @throws ArgumentError, RangeError or TypeError for params that are not the cell's
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
  const zero = tidyTree(() => askCell('stepper', cell, params, () => cell.zeroState(params, 1)));
  // What is asked of it are the shapes, which stay.
  disposeParams(zero);
  const steps = stepsOf(cell, params);
  let disposed = false;
  return {
    zeroState(batchSize) {
      checkNumber('stepper', 'batchSize', batchSize, 'a positive integer');
      return mapParams(zero, ({ shape }) => tf.zeros([batchSize, ...shape.slice(1)]));
    },

    step(input, state) {
      if (disposed) throw new ArgumentError('stepper: it was disposed of. Make a new one of the parameters.');
      if (tf.engine().state.gradientDepth > 0)
        throw new ArgumentError('stepper: a step has no gradient. Use unroll with one step.');
      checkTensor('stepper', 'input', input, ['batch', inputSize]);
      if (input.dtype !== 'float32')
        throw new ArgumentError(`stepper: \`input\` is ${input.dtype}, expected float32.`);
      checkState('stepper', 'state', state, zero, input.shape[0]);
      return steps.step(input, state);
    },

    dispose() {
      disposed = true;
      steps.dispose();
    },
  };
}

/** The same without checks, for a cell within another. */
export function stepsOf<Params extends ParamTree, State extends ParamTree>(
  cell: Cell<Params, State>,
  params: Params,
): CellSteps<State> {
  if (cell.fused?.stepper && cell.fused.available(params)) return cell.fused.stepper(params);
  const kept = keepParams(params);
  return {
    step: (input, state) => cell.step(kept, input, state),
    dispose: () => disposeParams(kept),
  };
}
