import {
  ArgumentError,
  checkLengths,
  checkTensor,
  type ParamTree,
  realSteps,
  tidyTree,
  zeroPast,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Attention, AttentionMemory } from './attention.ts';
import { checkSteps } from './check-steps.ts';
import { maskedSoftmax } from './masked-softmax.ts';

/** What attention gives for each query. */
export interface Attended<R extends tf.Rank.R2 | tf.Rank.R3> {
  /** The memory's mean under the weights: [batch, memorySize] or [batch, queries, memorySize]. */
  context: tf.Tensor<R>;
  /** Not negative, sum 1 over the real steps: [batch, time] or [batch, queries, time]. */
  weights: tf.Tensor<R>;
}

/**
 * Makes a memory ready to be attended to: computes its keys, once for all queries to come.
 *
 * @param memory [batch, time, memorySize]; steps past a length may hold anything
 * @throws ShapeError or ArgumentError for a memory or lengths that do not fit
 */
export function prepareMemory<Params extends ParamTree>(
  attention: Attention<Params>,
  params: Params,
  memory: tf.Tensor3D,
  { lengths }: { lengths?: ArrayLike<number> } = {},
): AttentionMemory {
  checkTensor('prepareMemory', 'memory', memory, ['batch', 'time', 'memorySize']);
  checkSteps('prepareMemory', memory.shape);
  if (lengths) checkLengths('prepareMemory', lengths, memory.shape[0], memory.shape[1]);
  const tensors = tf.tidy(() => {
    const values = lengths ? zeroPast(memory, realSteps(lengths, memory.shape[1])) : tf.clone(memory);
    return { keys: attention.keys(params, values), values };
  });
  return { ...tensors, ...(lengths && { lengths: Array.from(lengths) }) };
}

/**
 * Reads a memory: softmax of the scores over its real steps, and the mean of its values under these weights. A memory of
 * no real steps gives zeros.
 *
 * ```ts
 * const memory = prepareMemory(additiveAttention, params, encoded, { lengths });
 * const { context, weights } = attend(additiveAttention, params, hidden, memory); // at every step of the decoder
 * ```
 *
 * @param queries  [batch, querySize], or [batch, queries, querySize] for many at once
 * @param coverage [batch, time], the sum of the weights of earlier steps, for one query at a time
 * @throws ShapeError or ArgumentError for queries, memory or coverage that do not fit
 */
export function attend<Params extends ParamTree, R extends tf.Rank.R2 | tf.Rank.R3>(
  attention: Attention<Params>,
  params: Params,
  queries: tf.Tensor<R>,
  { keys, values, lengths }: AttentionMemory,
  { coverage }: { coverage?: tf.Tensor2D } = {},
): Attended<R> {
  checkTensor('attend', 'keys', keys, ['batch', 'time', 'keySize']);
  const [batch, time] = keys.shape;
  checkTensor('attend', 'values', values, [batch, time, 'memorySize']);
  const querySize = attention.querySize(params, keys);
  const single = queries.rank === 2;
  checkTensor(
    'attend',
    'queries',
    queries,
    single ? [batch, querySize] : [batch, 'queries', querySize],
    () => `The memory is a batch of ${batch}; its queries are vectors of ${querySize} features.`,
  );
  if (coverage) {
    if (!single)
      throw new ArgumentError('attend: `coverage` goes with one query at a time, [batch, querySize].');
    checkTensor('attend', 'coverage', coverage, [batch, time]);
  }
  return tidyTree(() => {
    const all = (single ? tf.expandDims(queries, 1) : queries) as tf.Tensor3D;
    const isReal = lengths && realSteps(lengths, time);
    const covered = coverage && isReal ? tf.where(isReal, coverage, tf.zerosLike(coverage)) : coverage;
    const scores = attention.scores(params, all, keys, covered);
    const mask = isReal && tf.expandDims(isReal, 1);
    const weights = maskedSoftmax(scores, mask);
    const context = tf.matMul(weights, values);
    return single
      ? { context: tf.squeeze(context, [1]), weights: tf.squeeze(weights, [1]) }
      : { context, weights };
  }) as Attended<R>;
}
