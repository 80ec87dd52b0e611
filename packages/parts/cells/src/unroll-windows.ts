import { disposeParams, type ParamTree, type Rng } from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';
import type { SequenceLayer, Unrolled } from './cell.ts';
import { unroll } from './unroll.ts';

export interface UnrollWindowsOptions<State> {
  /** The state before the first window; zeros when absent. */
  initialState?: State;
  /** Given in training only: what dropout inside the cell draws from. */
  rng?: Rng;
}

/**
 * Runs a cell over a long sequence window by window, carrying the state from each to the next: the numbers of one long
 * `unroll`, in the memory of one window. No gradient goes from a window into the one before it.
 *
 * ```ts
 * for (const { outputs } of unrollWindows(lstm, params, windows)) {
 *   console.log(outputs.shape); // [batch, time, outputSize]
 *   outputs.dispose();
 * }
 * ```
 *
 * The caller disposes of each window's outputs; a window's final state is disposed of when the next one is asked for,
 * so that it may be kept (`tf.keep(tf.clone(…))`), saved or forked meanwhile. The last one is the caller's.
 *
 * @param windows each [batch, time, inputSize], of the same batch; their times may differ
 * @throws what `unroll` throws
 */
export function* unrollWindows<Params extends ParamTree, State extends ParamTree>(
  cell: SequenceLayer<Params, State>,
  params: Params,
  windows: Iterable<tf.Tensor3D>,
  { initialState, rng }: UnrollWindowsOptions<State> = {},
): Generator<Unrolled<State>, void, undefined> {
  let carried: State | undefined;
  for (const inputs of windows) {
    const state = carried ?? initialState;
    const result = unroll(cell, params, inputs, {
      ...(state && { initialState: state }),
      ...(rng && { rng }),
    });
    if (carried) disposeParams(carried);
    carried = result.finalState;
    yield result;
  }
}
