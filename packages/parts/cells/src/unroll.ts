import {
  ArgumentError,
  checkShape,
  flattenParams,
  mapParams,
  type ParamTree,
  type Rng,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Cell, FusedOptions, Unrolled } from './cell.ts';

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

/**
 * Runs a cell over a batch of sequences. Padded steps output zeros and keep the state, whatever they contain.
 *
 * @param inputs [batch, time, inputSize]
 * @returns outputs [batch, time, hiddenSize], and each sequence's state after its last real step
 * @throws ShapeError when inputs or state do not fit the cell, ArgumentError for lengths outside 0…time
 */
export function unroll<Params extends ParamTree, State extends ParamTree>(
  cell: Cell<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  { lengths, initialState, reverse = false, rng }: UnrollOptions<State> = {},
): Unrolled<State> {
  const inputSize = cell.inputSize(params);
  checkShape(
    'unroll',
    'inputs',
    inputs.shape,
    ['batch', 'time', inputSize],
    () => `Embed to ${inputSize} features, or init the cell with inputSize: ${inputs.shape.at(-1)}.`,
  );
  const [batchSize, time] = inputs.shape;
  if (batchSize === 0 || time === 0) {
    throw new ArgumentError(
      `unroll: \`inputs\` has shape [${inputs.shape}], expected at least one sequence and step.`,
    );
  }
  if (lengths) checkLengths(lengths, batchSize, time);
  return tidyTrees(() => {
    const zeroState = cell.zeroState(params, batchSize);
    if (initialState) checkState(initialState, zeroState);
    const real = lengths?.some((length) => length < time) ? tf.tensor1d([...lengths], 'int32') : undefined;
    const options: FusedOptions<State> = {
      initialState: initialState ?? zeroState,
      lengths: real,
      reverse,
      rng,
    };
    return cell.fused?.available()
      ? cell.fused.run(params, inputs, options)
      : stepByStep(cell, params, inputs, options);
  });
}

/** The definition: one `step` after another. */
function stepByStep<Params extends ParamTree, State extends ParamTree>(
  cell: Cell<Params, State>,
  params: Params,
  inputs: tf.Tensor3D,
  { initialState, lengths, reverse }: FusedOptions<State>,
): Unrolled<State> {
  const [batchSize, time] = inputs.shape;
  const isReal =
    lengths &&
    tf.less(tf.reshape(tf.range(0, time, 1, 'int32'), [1, time]), tf.reshape(lengths, [batchSize, 1]));
  // Zeroed padding, so that a NaN there reaches neither a number nor a gradient.
  const clean = isReal ? tf.where(tf.expandDims(isReal, 2), inputs, tf.zerosLike(inputs)) : inputs;
  const steps = tf.unstack(clean, 1) as tf.Tensor2D[];
  const masks = isReal && (tf.split(isReal, time, 1) as tf.Tensor2D[]);

  const outputs: tf.Tensor2D[] = new Array(time);
  let state = initialState;
  for (let i = 0; i < time; i++) {
    const t = reverse ? time - 1 - i : i;
    const next = cell.step(params, steps[t]!, state);
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

function checkLengths(lengths: readonly number[] | Int32Array, batchSize: number, time: number): void {
  if (lengths.length !== batchSize) {
    throw new ArgumentError(
      `unroll: ${lengths.length} \`lengths\` for a batch of ${batchSize}, expected one each.`,
    );
  }
  lengths.forEach((length, i) => {
    if (!Number.isInteger(length) || length < 0 || length > time) {
      throw new ArgumentError(
        `unroll: \`lengths[${i}]\` is ${length}, expected a whole number from 0 to ${time} (the time axis of inputs).`,
      );
    }
  });
}

function checkState(state: ParamTree, zeroState: ParamTree): void {
  const given = new Map(flattenParams(state));
  for (const [path, tensor] of flattenParams(zeroState)) {
    const name = path === '' ? 'initialState' : `initialState.${path}`;
    const fix = () =>
      'Start from cell.zeroState(params, batchSize) or from a final state of the same batch size.';
    checkShape('unroll', name, given.get(path)?.shape ?? [], tensor.shape, fix);
  }
}

/** `tf.tidy` for results that are typed trees of tensors. */
function tidyTrees<Result>(work: () => Result): Result {
  return tf.tidy(work as () => tf.TensorContainer) as Result;
}
