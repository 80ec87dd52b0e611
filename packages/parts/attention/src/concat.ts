import { checkNumber, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Attention, AttentionConfig } from './attention.ts';
import { energies, project, projectMemory } from './project.ts';

export interface ConcatAttentionConfig extends AttentionConfig {
  attentionSize: number;
}

/** W of the paper in its two parts: one product with [q; m] is the sum of a product with each. */
export type ConcatAttentionParams = {
  /** [querySize, attentionSize] */
  queryKernel: tf.Tensor2D;
  /** [memorySize, attentionSize] */
  memoryKernel: tf.Tensor2D;
  /** [attentionSize] */
  energy: tf.Tensor1D;
};

/**
 * Concat attention (Luong, Pham & Manning 2015, https://arxiv.org/abs/1508.04025, equation 8): eₜ = vᵀ tanh(W [q; mₜ]).
 * Starts uniform in ±1/√(width of what comes in).
 */
export const concatAttention: Attention<ConcatAttentionParams, ConcatAttentionConfig> = {
  name: 'concatAttention',

  init({ querySize, memorySize, attentionSize }, rng) {
    checkNumber('concatAttention', 'querySize', querySize, 'a positive integer');
    checkNumber('concatAttention', 'memorySize', memorySize, 'a positive integer');
    checkNumber('concatAttention', 'attentionSize', attentionSize, 'a positive integer');
    const bound = 1 / Math.sqrt(querySize + memorySize);
    const energyBound = 1 / Math.sqrt(attentionSize);
    return {
      queryKernel: randomUniform<tf.Rank.R2>(rng, [querySize, attentionSize], -bound, bound),
      memoryKernel: randomUniform<tf.Rank.R2>(rng, [memorySize, attentionSize], -bound, bound),
      energy: randomUniform<tf.Rank.R1>(rng, [attentionSize], -energyBound, energyBound),
    };
  },

  querySize: (params) => params.queryKernel.shape[0],

  keys: ({ memoryKernel }, memory) => tf.tidy(() => projectMemory(memory, memoryKernel)),

  scores: ({ queryKernel, energy }, queries, keys) =>
    tf.tidy(() => {
      const asked = tf.expandDims(project(queries, queryKernel), 2);
      return energies(tf.tanh(tf.add(asked, tf.expandDims(keys, 1))), energy);
    }),
};
