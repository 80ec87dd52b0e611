import type { ParamTree, Rng } from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';
import type { Initialiser } from './initialisers.ts';

/** What a fresh cell is made from: plain JSON. Some cells take more; see each one's own config. */
export interface CellConfig {
  inputSize: number;
  hiddenSize: number;
  /** How the kernels on the inputs start; `uniform` (±1/√hiddenSize, as in PyTorch) unless told. */
  inputInitialiser?: Initialiser;
  /** How the kernels on the hidden vector start, each gate for itself; `uniform` unless told. */
  recurrentInitialiser?: Initialiser;
}

/** What a cell gives for one time step. */
export interface Step<State> {
  /** [batch, outputSize] */
  output: tf.Tensor2D;
  state: State;
}

/**
 * What `unroll` runs over whole sequences: a cell, or something that needs to see the end of a sequence first, as
 * `bidirectional` does. `params` are learned, `state` is carried through time, `config` is plain JSON.
 */
export interface SequenceLayer<
  Params extends ParamTree = ParamTree,
  State extends ParamTree = ParamTree,
  Config extends CellConfig = CellConfig,
> {
  readonly name: string;
  /**
   * Fresh parameters.
   *
   * @throws ArgumentError for a width that is no positive integer
   */
  init(config: Config, rng: Rng): Params;
  /** The width of the inputs that these parameters take. */
  inputSize(params: Params): number;
  /** The width of the outputs that these parameters give. */
  outputSize(params: Params): number;
  /** The state before the first step: zeros. */
  zeroState(params: Params, batchSize: number): State;
  /** The quicker road, which `unroll` and `stepper` take where they can. */
  readonly fused?: FusedCell<Params, State>;
}

/**
 * A recurrent cell: data and a formula, no object to keep. `step` defines it; `fused` is a faster road to the same
 * numbers.
 */
export interface Cell<
  Params extends ParamTree = ParamTree,
  State extends ParamTree = ParamTree,
  Config extends CellConfig = CellConfig,
> extends SequenceLayer<Params, State, Config> {
  /**
   * One time step.
   *
   * @param input [batch, inputSize]
   */
  step(params: Params, input: tf.Tensor2D, state: State): Step<State>;
  /**
   * The step of one pass in training, where noise is part of the cell: draws from `rng` what stays the same over the
   * whole sequence. `unroll` takes it where it is given an `rng`.
   */
  trainingStep?(params: Params, initialState: State, rng: Rng): Cell<Params, State>['step'];
  /**
   * The same step, but for what its recurrent product sees: `seen` in place of the state's hidden vector, which travels past
   * the product as it is. `recurrentDropout` is for cells that have it.
   *
   * @param seen as the hidden vector, [batch, outputSize]
   */
  stepSeeing?(params: Params, input: tf.Tensor2D, state: State, seen: tf.Tensor2D): Step<State>;
  /** How far each gate is open in that step, from 0 to 1, by name: what `diagnose` looks at. */
  gates?(params: Params, input: tf.Tensor2D, state: State): Record<string, tf.Tensor2D>;
}

/** A faster road to the same numbers as `step`: through a whole sequence, and where it has one, step by step. */
export interface FusedCell<Params, State> {
  /** Whether it can run on the backend of the moment, with these parameters. */
  available(params: Params): boolean;
  /** `inputs` is [batch, time, inputSize]; everything has been checked by `unroll`. */
  run(params: Params, inputs: tf.Tensor3D, options: FusedOptions<State>): Unrolled<State>;
  /** Single steps of such parameters, where they can be quicker than `step`. `stepper` has checked everything. */
  stepper?(params: Params): CellSteps<State>;
}

/** Steps of a cell whose parameters were laid out once. */
export interface CellSteps<State> {
  /**
   * One time step, as the cell's own `step`.
   *
   * @param input [batch, inputSize]
   * @returns new tensors; the output may be one of the state's
   */
  step(input: tf.Tensor2D, state: State): Step<State>;
  /** Frees the copy of the parameters. */
  dispose(): void;
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
  /** [batch, time, outputSize]; zeros past each sequence's length. */
  outputs: tf.Tensor3D;
  /** Each sequence's state after its last real step. */
  finalState: State;
}
