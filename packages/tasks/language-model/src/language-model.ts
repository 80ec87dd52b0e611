import { type StackParams, type StackState, stack, unroll } from '@ostinato/cells';
import {
  dropout,
  type EmbeddingParams,
  embedding,
  initEmbedding,
  initLinear,
  type LinearParams,
  linear,
} from '@ostinato/layers';
import { crossEntropy } from '@ostinato/losses';
import type { Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { cellNamed, checkConfig, type LanguageModelConfig } from './config.ts';

export type LanguageModelParams = {
  embedding: EmbeddingParams;
  recurrent: StackParams;
  output: LinearParams;
};

/** What the model carries from one token to the next: the state of every layer. */
export type LanguageModelState = StackState;

/** Token ids, row-major [batch, time]; each target is the token that follows its input. */
export interface LanguageModelBatch {
  inputs: Int32Array;
  targets: Int32Array;
  batchSize: number;
  time: number;
}

/** A recurrent language model: its parameters are passed to each function, never kept. */
export interface LanguageModel {
  readonly config: LanguageModelConfig;
  init(rng: Rng): LanguageModelParams;
  /**
   * The logits of the token after each input token, and the state after the last.
   *
   * @param tokenIds [batch, time], int32
   * @param rng given in training only: dropout is on
   * @returns logits [batch, time, vocabularySize]
   */
  logits(
    params: LanguageModelParams,
    tokenIds: tf.Tensor2D,
    options?: { state?: LanguageModelState; rng?: Rng },
  ): { logits: tf.Tensor3D; state: LanguageModelState };
  /**
   * Mean nats per token of a batch, dropout on: what `fit` of @ostinato/training asks for.
   *
   * @param carried the state after the batch before this one, if the text goes on from there
   */
  loss(
    params: LanguageModelParams,
    batch: LanguageModelBatch,
    context: { carried?: LanguageModelState | undefined; rng: Rng },
  ): { loss: tf.Scalar; carried: LanguageModelState };
}

/**
 * A recurrent language model (Mikolov et al. 2010, https://doi.org/10.21437/Interspeech.2010-343; with dropout as
 * Zaremba, Sutskever & Vinyals 2014, https://arxiv.org/abs/1409.2329): embedding, stacked cells, softmax.
 *
 * @throws ArgumentError naming the field of the config that does not fit
 */
export function languageModel(config: LanguageModelConfig): LanguageModel {
  checkConfig(config);
  const { vocabularySize, embeddingSize, hiddenSize, layers, dropout: rate } = config;
  const cell = cellNamed(config.cell);
  const recurrent = stack(new Array(layers).fill(cell), { dropout: rate });

  const logits: LanguageModel['logits'] = (params, tokenIds, { state, rng } = {}) =>
    tf.tidy(() => {
      const drop = (x: tf.Tensor3D) => (rng && rate > 0 ? dropout(x, rate, rng) : x);
      const vectors = drop(embedding(params.embedding, tokenIds));
      const { outputs, finalState } = unroll(recurrent, params.recurrent, vectors, {
        ...(state && { initialState: state }),
        ...(rng && { rng }),
      });
      const result = { logits: linear(params.output, drop(outputs)), state: finalState };
      return result as unknown as tf.TensorContainer;
    }) as unknown as ReturnType<LanguageModel['logits']>;

  return {
    config,

    init: (rng) => ({
      embedding: initEmbedding({ vocabularySize, embeddingSize }, rng),
      recurrent: recurrent.init({ inputSize: embeddingSize, hiddenSize }, rng),
      output: initLinear({ inputSize: hiddenSize, outputSize: vocabularySize }, rng),
    }),

    logits,

    loss(params, { inputs, targets, batchSize, time }, { carried, rng }) {
      const tokenIds = tf.tensor2d(inputs, [batchSize, time], 'int32');
      const labels = tf.tensor2d(targets, [batchSize, time], 'int32');
      const forward = logits(params, tokenIds, { rng, ...(carried && { state: carried }) });
      return { loss: crossEntropy(forward.logits, labels), carried: forward.state };
    },
  };
}
