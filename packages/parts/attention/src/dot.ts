import { ArgumentError, checkNumber, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Attention } from './attention.ts';
import { projectMemory } from './project.ts';

/** No parameters. */
export type DotAttentionParams = Record<string, never>;

/**
 * Dot attention (Luong, Pham & Manning 2015, https://arxiv.org/abs/1508.04025, equation 8): eₜ = q · mₜ. Queries and memory
 * are of one width, and nothing is learned.
 */
export const dotAttention: Attention<DotAttentionParams> = {
  name: 'dotAttention',

  init({ querySize, memorySize }) {
    checkNumber('dotAttention', 'querySize', querySize, 'a positive integer');
    if (querySize !== memorySize) {
      throw new ArgumentError(
        `dotAttention: \`querySize\` is ${querySize} and \`memorySize\` ${memorySize}, expected the same. ` +
          'Take generalAttention for unlike widths.',
      );
    }
    return {};
  },

  querySize: (_, keys) => keys.shape[2],

  keys: (_, memory) => tf.clone(memory),

  scores: (_, queries, keys) => tf.matMul(queries, keys, false, true),
};

export type GeneralAttentionParams = {
  /** [memorySize, querySize] */
  kernel: tf.Tensor2D;
};

/**
 * General attention (Luong, Pham & Manning 2015, https://arxiv.org/abs/1508.04025, equation 8): eₜ = qᵀ W mₜ. Starts
 * uniform in ±1/√memorySize.
 */
export const generalAttention: Attention<GeneralAttentionParams> = {
  name: 'generalAttention',

  init({ querySize, memorySize }, rng) {
    checkNumber('generalAttention', 'querySize', querySize, 'a positive integer');
    checkNumber('generalAttention', 'memorySize', memorySize, 'a positive integer');
    const bound = 1 / Math.sqrt(memorySize);
    return { kernel: randomUniform<tf.Rank.R2>(rng, [memorySize, querySize], -bound, bound) };
  },

  querySize: (params) => params.kernel.shape[1],

  keys: ({ kernel }, memory) => tf.tidy(() => projectMemory(memory, kernel)),

  scores: (_, queries, keys) => tf.matMul(queries, keys, false, true),
};
