import {
  ArgumentError,
  checkLengths,
  checkNumber,
  checkTensor,
  dropoutMask,
  type Rng,
  randomUniform,
  realSteps,
  zeroPast,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkSteps } from './check-steps.ts';
import { maskedSoftmax } from './masked-softmax.ts';

export interface MultiHeadAttentionConfig {
  /** Width of queries and outputs: a multiple of `heads`. */
  modelSize: number;
  heads: number;
  /** Width of what is attended to; `modelSize` unless told. */
  memorySize?: number;
}

export type MultiHeadAttentionParams = {
  /** [modelSize, heads, headSize] */
  queryKernel: tf.Tensor3D;
  /** [heads, headSize] */
  queryBias: tf.Tensor2D;
  /** [memorySize, heads, headSize] */
  keyKernel: tf.Tensor3D;
  /** [heads, headSize] */
  keyBias: tf.Tensor2D;
  /** [memorySize, heads, headSize] */
  valueKernel: tf.Tensor3D;
  /** [heads, headSize] */
  valueBias: tf.Tensor2D;
  /** [heads, headSize, modelSize] */
  outputKernel: tf.Tensor3D;
  /** [modelSize] */
  outputBias: tf.Tensor1D;
};

/** A memory's keys and values, head by head: computed once, attended to as often as need be. */
export interface MultiHeadMemory {
  /** [batch, heads, time, headSize] */
  keys: tf.Tensor4D;
  /** [batch, heads, time, headSize] */
  values: tf.Tensor4D;
  /** Real steps of each memory; absent when all are. */
  lengths?: readonly number[];
}

export interface MultiHeadOptions {
  /**
   * Each query sees the memory up to its own place alone: the last query up to the memory's last step. With `lengths` there
   * must be a query for each step.
   */
  causal?: boolean;
  /** In training: drops weights at this rate. */
  dropout?: { rate: number; rng: Rng };
}

export type MultiHeadAttended = {
  /** [batch, queries, modelSize] */
  outputs: tf.Tensor3D;
  /** [batch, heads, queries, time]; each row sums to 1, before dropout */
  weights: tf.Tensor4D;
};

/**
 * Kernels as Glorot & Bengio 2010 have them, each for itself; biases zero, and these alone as in PyTorch.
 *
 * @throws ArgumentError for a size that is no positive integer, a `modelSize` that is no multiple of `heads`, or an `rng` that is
 *   no generator
 */
export function initMultiHeadAttention(
  { modelSize, heads, memorySize = modelSize }: MultiHeadAttentionConfig,
  rng: Rng,
): MultiHeadAttentionParams {
  checkNumber('initMultiHeadAttention', 'modelSize', modelSize, 'a positive integer');
  checkNumber('initMultiHeadAttention', 'heads', heads, 'a positive integer');
  checkNumber('initMultiHeadAttention', 'memorySize', memorySize, 'a positive integer');
  if (modelSize % heads !== 0) {
    throw new ArgumentError(
      `initMultiHeadAttention: \`modelSize\` is ${modelSize}, expected a multiple of \`heads\`, ${heads}.`,
    );
  }
  const headSize = modelSize / heads;
  const glorot = (shape: [number, number, number], width: number) => {
    const bound = Math.sqrt(6 / (width + modelSize));
    return randomUniform<tf.Rank.R3>(rng, shape, -bound, bound);
  };
  return {
    queryKernel: glorot([modelSize, heads, headSize], modelSize),
    queryBias: tf.zeros([heads, headSize]),
    keyKernel: glorot([memorySize, heads, headSize], memorySize),
    keyBias: tf.zeros([heads, headSize]),
    valueKernel: glorot([memorySize, heads, headSize], memorySize),
    valueBias: tf.zeros([heads, headSize]),
    outputKernel: glorot([heads, headSize, modelSize], modelSize),
    outputBias: tf.zeros([modelSize]),
  };
}

/**
 * The keys and values of a memory.
 *
 * @param memory [batch, time, memorySize]; steps past a length may hold anything
 * @throws ShapeError or ArgumentError for a memory or lengths that do not fit
 */
export function prepareMultiHeadMemory(
  params: MultiHeadAttentionParams,
  memory: tf.Tensor3D,
  { lengths }: { lengths?: ArrayLike<number> } = {},
): MultiHeadMemory {
  const memorySize = params.keyKernel.shape[0];
  checkTensor('prepareMultiHeadMemory', 'memory', memory, ['batch', 'time', memorySize]);
  checkSteps('prepareMultiHeadMemory', memory.shape);
  if (lengths) checkLengths('prepareMultiHeadMemory', lengths, memory.shape[0], memory.shape[1]);
  const tensors = tf.tidy(() => {
    const real = lengths ? zeroPast(memory, realSteps(lengths, memory.shape[1])) : memory;
    return {
      keys: intoHeads(real, params.keyKernel, params.keyBias),
      values: intoHeads(real, params.valueKernel, params.valueBias),
    };
  });
  return { ...tensors, ...(lengths && { lengths: Array.from(lengths) }) };
}

/**
 * A memory with more steps at its end: what a decoder that goes token by token keeps. New tensors; the caller disposes of
 * the old ones.
 *
 * @throws ArgumentError for memories with lengths, whose ends do not meet, ShapeError for memories of another batch or
 *   other heads
 */
export function extendMultiHeadMemory(memory: MultiHeadMemory, more: MultiHeadMemory): MultiHeadMemory {
  if (memory.lengths || more.lengths) {
    throw new ArgumentError(
      'extendMultiHeadMemory: a memory with `lengths` has no end to add to. Extend full ones.',
    );
  }
  const [batch, heads, , headSize] = memory.keys.shape;
  for (const [name, { keys, values }] of Object.entries({ memory, more })) {
    checkTensor('extendMultiHeadMemory', `${name}.keys`, keys, [batch, heads, 'time', headSize]);
    checkTensor('extendMultiHeadMemory', `${name}.values`, values, keys.shape);
  }
  return {
    keys: tf.concat([memory.keys, more.keys], 2) as tf.Tensor4D,
    values: tf.concat([memory.values, more.values], 2) as tf.Tensor4D,
  };
}

/**
 * Scaled dot-product attention with several heads (Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, section 3.2):
 * for each head softmax(Q Kᵀ / √headSize) V, and a linear layer over all of them.
 *
 * @param queries [batch, queries, modelSize]
 * @throws ShapeError or ArgumentError for queries or a memory that do not fit
 */
export function multiHeadAttention(
  params: MultiHeadAttentionParams,
  queries: tf.Tensor3D,
  { keys, values, lengths }: MultiHeadMemory,
  { causal = false, dropout }: MultiHeadOptions = {},
): MultiHeadAttended {
  const [modelSize, heads, headSize] = params.queryKernel.shape;
  checkTensor('multiHeadAttention', 'keys', keys, ['batch', heads, 'time', headSize]);
  checkTensor('multiHeadAttention', 'values', values, keys.shape);
  const [batch, , time] = keys.shape;
  checkTensor('multiHeadAttention', 'queries', queries, [batch, 'queries', modelSize]);
  const count = queries.shape[1];
  if (causal && count > time) {
    throw new ArgumentError(
      `multiHeadAttention: ${count} queries on a causal memory of ${time} steps, expected no more queries than steps.`,
    );
  }
  if (causal && lengths && count !== time) {
    throw new ArgumentError(
      `multiHeadAttention: ${count} queries on a causal memory of ${time} steps with \`lengths\`, expected as many ` +
        'queries as steps, for such memories have no common end. Prepare a memory for each length.',
    );
  }
  return tf.tidy(() => {
    const asked = intoHeads(queries, params.queryKernel, params.queryBias);
    const scores = tf.mul(tf.matMul(asked, keys, false, true), 1 / Math.sqrt(headSize)) as tf.Tensor4D;
    const weights = maskedSoftmax(scores, visible(count, time, lengths, causal));
    const used = dropout
      ? tf.mul(
          weights,
          dropoutMask<tf.Rank.R4>(dropout.rng, weights.shape, dropout.rate, {
            where: 'multiHeadAttention',
            parameter: 'dropout.rate',
          }),
        )
      : weights;
    const contexts = tf.transpose(tf.matMul(used, values), [0, 2, 1, 3]);
    const rows = tf.reshape(contexts, [batch * count, modelSize]) as tf.Tensor2D;
    const outputs = tf.add(
      tf.matMul(rows, tf.reshape(params.outputKernel, [modelSize, modelSize]) as tf.Tensor2D),
      params.outputBias,
    );
    return { outputs: tf.reshape(outputs, [batch, count, modelSize]) as tf.Tensor3D, weights };
  });
}

/**
 * Multi-head attention of a sequence to itself. Outputs past a length are zeros.
 *
 * @param inputs [batch, time, modelSize]; steps past a length may hold anything
 * @throws ShapeError or ArgumentError for inputs or lengths that do not fit
 */
export function selfAttention(
  params: MultiHeadAttentionParams,
  inputs: tf.Tensor3D,
  { lengths, ...options }: MultiHeadOptions & { lengths?: ArrayLike<number> } = {},
): MultiHeadAttended {
  return tf.tidy(() => {
    const memory = prepareMultiHeadMemory(params, inputs, lengths ? { lengths } : {});
    if (!lengths) return multiHeadAttention(params, inputs, memory, options);
    const [batch, time] = inputs.shape;
    const isReal = realSteps(lengths, time);
    const { outputs, weights } = multiHeadAttention(params, zeroPast(inputs, isReal), memory, options);
    // Nobody asks from past the end: neither outputs nor weights there.
    return {
      outputs: zeroPast(outputs, isReal),
      weights: tf.where(tf.reshape(isReal, [batch, 1, time, 1]), weights, tf.zerosLike(weights)),
    };
  });
}

/** [batch, time, size] → [batch, heads, time, headSize] */
function intoHeads(inputs: tf.Tensor3D, kernel: tf.Tensor3D, bias: tf.Tensor2D): tf.Tensor4D {
  const [batch, time, size] = inputs.shape;
  const [, heads, headSize] = kernel.shape;
  const rows = tf.matMul(
    tf.reshape(inputs, [batch * time, size]) as tf.Tensor2D,
    tf.reshape(kernel, [size, heads * headSize]) as tf.Tensor2D,
  );
  const shifted = tf.add(rows, tf.reshape(bias, [heads * headSize]));
  return tf.transpose(tf.reshape(shifted, [batch, time, heads, headSize]), [0, 2, 1, 3]) as tf.Tensor4D;
}

/** Which steps each query sees, as it broadcasts to [batch, heads, queries, time]. */
function visible(
  queries: number,
  time: number,
  lengths: readonly number[] | undefined,
  causal: boolean,
): tf.Tensor | undefined {
  const real = lengths && tf.reshape(realSteps(lengths, time), [lengths.length, 1, 1, time]);
  if (!causal) return real;
  const reach = Array.from({ length: queries }, (_, query) => time - queries + query + 1);
  const past = tf.reshape(realSteps(reach, time), [1, 1, queries, time]);
  return real ? tf.logicalAnd(real, past) : past;
}
