import { checkOptions, checkRng, type ParamTree, type Rng, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, FusedOptions, SequenceLayer, Unrolled } from './cell.ts';
import { askCell, checkSequences, checkState } from './check-sequences.ts';
import { stepByStep } from './step-by-step.ts';

export interface UnrollOptions<State> {
  /** Real steps per sequence, each from 0 to `time`; all of `time` when absent. */
  lengths?: readonly number[] | Int32Array;
  /** The state before the first step; zeros when absent. Its leaves are [batch, …]. */
  initialState?: State;
  /** Runs from each sequence's last real step to its first; outputs stay at their inputs' places. */
  reverse?: boolean;
  /** Given in training only: what dropout inside the cell draws from. */
  rng?: Rng;
}

const unrollOptions = [
  'lengths',
  'initialState',
  'reverse',
  'rng',
] satisfies (keyof UnrollOptions<ParamTree>)[];

/**
 * Runs a cell over a batch of sequences. Padded steps output zeros and keep the state, whatever they contain.
 *
 * @param inputs [batch, time, inputSize]
 * @returns outputs [batch, time, outputSize], and each sequence's state after its last real step
 * @throws ShapeError when inputs or state do not fit the cell, ArgumentError for lengths outside 0…time, a tensor that was
 *   disposed of, or an `rng` that is no generator
 */
export function unroll<Params extends ParamTree, State extends ParamTree>(
  cell: SequenceLayer<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  options: UnrollOptions<State> = {},
): Unrolled<State> {
  checkOptions('unroll', 'options', options, unrollOptions);
  const { lengths, initialState, reverse = false, rng } = options;
  checkSequences('unroll', cell, params, inputs, lengths);
  if (rng) checkRng(rng, 'uniform', 'unroll');
  const [batchSize, time] = inputs.shape;
  return tidyTree(() => {
    const zeroState = askCell('unroll', cell, params, () => cell.zeroState(params, batchSize));
    if (initialState) checkState('unroll', 'initialState', initialState, zeroState, batchSize);
    const real = lengths?.some((length) => length < time) ? tf.tensor1d([...lengths], 'int32') : undefined;
    const fusedOptions: FusedOptions<State> = {
      initialState: initialState ?? zeroState,
      lengths: real,
      reverse,
      rng,
    };
    const { trainingStep, step } = cell as Cell<Params, State>;
    if (rng && trainingStep) {
      const noisy = trainingStep.call(cell, params, fusedOptions.initialState, rng);
      return stepByStep(noisy, params, inputs, fusedOptions);
    }
    if (cell.fused?.available(params)) return cell.fused.run(params, inputs, fusedOptions);
    return stepByStep((...now) => step.apply(cell, now), params, inputs, fusedOptions);
  });
}
