import type { ParamTree, Rng } from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';

/** Widths of a cell: plain JSON numbers. */
export interface CellConfig {
  inputSize: number;
  hiddenSize: number;
}

/** What a cell gives for one time step. */
export interface Step<State> {
  /** [batch, hiddenSize] */
  output: tf.Tensor2D;
  state: State;
}

/**
 * A recurrent cell: data and a formula, no object to keep. `step` defines it; `fused` is a faster road to the same
 * numbers. `params` are learned, `state` is carried through time, `config` is plain JSON.
 */
export interface Cell<Params extends ParamTree = ParamTree, State extends ParamTree = ParamTree> {
  readonly name: string;
  /**
   * Fresh parameters.
   *
   * @throws ArgumentError for a width that is no positive integer
   */
  init(config: CellConfig, rng: Rng): Params;
  /** The width of the inputs that these parameters take. */
  inputSize(params: Params): number;
  /** The state before the first step: zeros. */
  zeroState(params: Params, batchSize: number): State;
  /**
   * One time step.
   *
   * @param input [batch, inputSize]
   */
  step(params: Params, input: tf.Tensor2D, state: State): Step<State>;
  /** A whole sequence at once, where that is quicker than step by step. `unroll` takes it where it can. */
  readonly fused?: FusedCell<Params, State>;
}

/** A faster road through a whole sequence, to the same numbers as `step`. */
export interface FusedCell<Params, State> {
  /** Whether it can run on the backend of the moment. */
  available(): boolean;
  /** `inputs` is [batch, time, inputSize]; everything has been checked by `unroll`. */
  run(params: Params, inputs: tf.Tensor3D, options: FusedOptions<State>): Unrolled<State>;
}

/** What `unroll` passes on to a fused road. */
export interface FusedOptions<State> {
  initialState: State;
  /** [batch], int32; absent when every sequence fills the whole time axis. */
  lengths: tf.Tensor1D | undefined;
  reverse: boolean;
  /** Present in training: what dropout draws from. */
  rng: Rng | undefined;
}

/** A cell's outputs over a batch of sequences. */
export interface Unrolled<State> {
  /** [batch, time, hiddenSize]; zeros past each sequence's length. */
  outputs: tf.Tensor3D;
  /** Each sequence's state after its last real step. */
  finalState: State;
}
