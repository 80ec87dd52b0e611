import { ArgumentError, checkNumber, randomUniform } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { Attention, AttentionConfig } from './attention.ts';
import { energies, project, projectMemory } from './project.ts';

export interface AdditiveAttentionConfig extends AttentionConfig {
  attentionSize: number;
  /** Lets the score know what has been attended to before (See, Liu & Manning 2017). */
  coverage?: boolean;
}

export type AdditiveAttentionParams = {
  /** [querySize, attentionSize] */
  queryKernel: tf.Tensor2D;
  /** [memorySize, attentionSize] */
  memoryKernel: tf.Tensor2D;
  /** [attentionSize] */
  bias: tf.Tensor1D;
  /** [attentionSize] */
  energy: tf.Tensor1D;
  /** [attentionSize]; only with `coverage` */
  coverageKernel?: tf.Tensor1D;
};

/**
 * Additive attention (Bahdanau, Cho & Bengio 2015, https://arxiv.org/abs/1409.0473, appendix A.1.2), with the coverage
 * of See, Liu & Manning 2017 (https://arxiv.org/abs/1704.04368, equation 11) where its config says so.
 *
 *   eₜ = vᵀ tanh(W q + U mₜ + b + w cₜ)
 *
 * Starts uniform in ±1/√(width of what comes in).
 */
export const additiveAttention: Attention<AdditiveAttentionParams, AdditiveAttentionConfig> = {
  name: 'additiveAttention',

  init({ querySize, memorySize, attentionSize, coverage = false }, rng) {
    checkNumber('additiveAttention', 'querySize', querySize, 'a positive integer');
    checkNumber('additiveAttention', 'memorySize', memorySize, 'a positive integer');
    checkNumber('additiveAttention', 'attentionSize', attentionSize, 'a positive integer');
    const even = <R extends tf.Rank>(shape: tf.ShapeMap[R], width: number) =>
      randomUniform<R>(rng, shape, -1 / Math.sqrt(width), 1 / Math.sqrt(width));
    return {
      queryKernel: even<tf.Rank.R2>([querySize, attentionSize], querySize),
      memoryKernel: even<tf.Rank.R2>([memorySize, attentionSize], memorySize),
      bias: tf.zeros([attentionSize]),
      energy: even<tf.Rank.R1>([attentionSize], attentionSize),
      ...(coverage && { coverageKernel: even<tf.Rank.R1>([attentionSize], attentionSize) }),
    };
  },

  querySize: (params) => params.queryKernel.shape[0],

  keys: ({ memoryKernel, bias }, memory) =>
    tf.tidy(() => tf.add(projectMemory(memory, memoryKernel), bias) as tf.Tensor3D),

  scores({ queryKernel, energy, coverageKernel }, queries, keys, coverage) {
    if ((coverage === undefined) !== (coverageKernel === undefined)) {
      throw new ArgumentError(
        coverage
          ? 'additiveAttention: these parameters know no coverage. Init them with coverage: true.'
          : 'additiveAttention: these parameters ask for a coverage. Begin with zeros [batch, time], and add the weights.',
      );
    }
    return tf.tidy(() => {
      const known: tf.Tensor =
        coverage && coverageKernel ? tf.add(keys, tf.mul(tf.expandDims(coverage, 2), coverageKernel)) : keys;
      const asked = tf.expandDims(project(queries, queryKernel), 2);
      return energies(tf.tanh(tf.add(asked, tf.expandDims(known, 1))), energy);
    });
  },
};
