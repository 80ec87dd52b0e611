import type { ParamTree, Rng } from '@ostinato/runtime';
import type * as tf from '@tensorflow/tfjs-core';

/** Widths of an attention: plain JSON. */
export interface AttentionConfig {
  /** Width of what asks: a decoder's hidden vector. */
  querySize: number;
  /** Width of what is attended to: an encoder's outputs. */
  memorySize: number;
}

/**
 * A way to score how much each step of a memory matters to a query: data and a formula. `prepareMemory` computes the keys
 * once for each memory, `attend` turns scores into weights and reads the memory with them.
 */
export interface Attention<
  Params extends ParamTree = ParamTree,
  Config extends AttentionConfig = AttentionConfig,
> {
  readonly name: string;
  /**
   * Fresh parameters.
   *
   * @throws ArgumentError for a width that is no positive integer
   */
  init(config: Config, rng: Rng): Params;
  /** The width of the queries that these parameters take, given the keys. */
  querySize(params: Params, keys: tf.Tensor3D): number;
  /**
   * What of the score depends on the memory alone.
   *
   * @param memory [batch, time, memorySize]
   * @returns [batch, time, keySize]
   */
  keys(params: Params, memory: tf.Tensor3D): tf.Tensor3D;
  /**
   * @param queries  [batch, queries, querySize]
   * @param coverage [batch, time], how much each step has been attended to before, where the parameters know what to do
   *   with it
   * @returns [batch, queries, time], any real numbers
   */
  scores(params: Params, queries: tf.Tensor3D, keys: tf.Tensor3D, coverage?: tf.Tensor2D): tf.Tensor3D;
}

/** A memory made ready to be attended to, as often as need be: keep it for a whole sentence. */
export interface AttentionMemory {
  /** [batch, time, keySize] */
  keys: tf.Tensor3D;
  /** [batch, time, memorySize], zeros past each length. */
  values: tf.Tensor3D;
  /** Real steps of each memory; absent when all are. */
  lengths?: readonly number[];
}
