import { type CellStepper, type StackParams, type StackState, stack, stepper, unroll } from '@ostinato/cells';
import {
  dropout,
  type EmbeddingParams,
  embedding,
  embeddingDropout,
  initEmbedding,
  initLinear,
  type LinearParams,
  linear,
  lockedDropout,
  tiedOutput,
  weightDrop,
} from '@ostinato/layers';
import { crossEntropy } from '@ostinato/losses';
import {
  ArgumentError,
  disposeParams,
  keepParams,
  type Rng,
  randomUniform,
  tidyTree,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkBatch } from './check-batch.ts';
import { cellNamed, checkConfig, type LanguageModelConfig } from './config.ts';

export type LanguageModelParams = {
  embedding: EmbeddingParams;
  recurrent: StackParams;
  /** With tied embeddings a bias alone: the kernel is the embedding's table. */
  output: LinearParams | { bias: tf.Tensor1D };
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

/** A language model that reads one token of every stream after another. */
export interface LanguageModelStepper {
  /**
   * One token of each stream. No gradient.
   *
   * @param tokenIds [batch]
   * @param state after the tokens before, as `logits`, `hidden` or an earlier step gave it; from the start when absent
   * @returns logits of the tokens after, [batch, vocabularySize], and the next state: new tensors
   * @throws ArgumentError for no id or one that is no token, and after `dispose`; ShapeError or ArgumentError for a state that
   *   does not fit
   */
  step(tokenIds: Int32Array, state?: LanguageModelState): { logits: tf.Tensor2D; state: LanguageModelState };
  /** Frees the copy of the parameters. */
  dispose(): void;
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
   * What the last layer puts out after each input token, and the state after the last. Without dropout.
   *
   * @param tokenIds [batch, time], int32
   * @returns hidden [batch, time, features]
   */
  hidden(
    params: LanguageModelParams,
    tokenIds: tf.Tensor2D,
    options?: { state?: LanguageModelState },
  ): { hidden: tf.Tensor3D; state: LanguageModelState };
  /**
   * The logits that belong to hidden vectors.
   *
   * @param hidden [batch, time, features]
   * @returns [batch, time, vocabularySize]
   */
  project(params: LanguageModelParams, hidden: tf.Tensor3D): tf.Tensor3D;
  /**
   * For streams and beams: takes a copy of the parameters, laid out for single steps where the cells have kernels of
   * their own. What becomes of the parameters later is not seen. The same numbers as `logits`.
   */
  stepper(params: LanguageModelParams): LanguageModelStepper;
  /**
   * Mean nats per token of a batch, dropout on: what `fit` of @ostinato/training asks for.
   *
   * @param carried the state after the batch before this one, if the text goes on from there
   * @throws ArgumentError for a batch whose ids are not as many as its sizes say
   */
  loss(
    params: LanguageModelParams,
    batch: LanguageModelBatch,
    context: { carried?: LanguageModelState | undefined; rng: Rng },
  ): { loss: tf.Scalar; carried: LanguageModelState };
}

/**
 * How the cells start; only an lstm reads the last. From the cells' own start, ±1/√hiddenSize and 1, its states stay small
 * and it is an epoch behind: on War and Peace, 256 units, 1,000 steps at rate 0.008, 1.57 nats instead of 1.44.
 */
const start = { inputInitialiser: 'lecun', recurrentInitialiser: 'orthogonal', forgetBias: 0 } as const;

/**
 * A recurrent language model (Mikolov et al. 2010, https://doi.org/10.21437/Interspeech.2010-343): embedding, stacked
 * cells, softmax. With one rate of dropout it is that of Zaremba, Sutskever & Vinyals 2014
 * (https://arxiv.org/abs/1409.2329); with rates by place and tied embeddings the AWD-LSTM of Merity, Keskar & Socher 2018
 * (https://arxiv.org/abs/1708.02182).
 *
 * @throws ArgumentError naming the field of the config that does not fit
 */
export function languageModel(config: LanguageModelConfig): LanguageModel {
  checkConfig(config);
  const { vocabularySize, embeddingSize, hiddenSize, layers, dropout: rates, tiedEmbeddings } = config;
  const cell = cellNamed(config.cell);
  const locked = typeof rates === 'object';
  const rate = locked
    ? { embedding: 0, input: 0, hidden: 0, output: 0, recurrentKernel: 0, ...rates }
    : { embedding: 0, input: rates, hidden: rates, output: rates, recurrentKernel: 0 };
  const drop = (x: tf.Tensor3D, rate: number, rng: Rng | undefined) =>
    rng && rate > 0 ? (locked ? lockedDropout : dropout)(x, rate, rng) : x;
  const recurrent = stack(new Array(layers).fill(cell), { dropout: rate.hidden, locked });

  /** Embedding and cells, in training with dropout up to the last of them. */
  const read = (
    params: LanguageModelParams,
    tokenIds: tf.Tensor2D,
    { state, rng }: { state?: LanguageModelState; rng?: Rng },
  ) =>
    tidyTree(() => {
      const table =
        rng && rate.embedding > 0
          ? embeddingDropout(params.embedding, rate.embedding, rng)
          : params.embedding;
      const vectors = drop(embedding(table, tokenIds), rate.input, rng);
      // Once for the window, outside the cell, so that it stays on its fused road.
      const layers =
        rng && rate.recurrentKernel > 0
          ? weightDrop(params.recurrent, rate.recurrentKernel, rng)
          : params.recurrent;
      const { outputs, finalState } = unroll(recurrent, layers, vectors, {
        ...(state && { initialState: state }),
        ...(rng && { rng }),
      });
      return { hidden: outputs, state: finalState };
    });

  const logits: LanguageModel['logits'] = (params, tokenIds, { state, rng } = {}) =>
    tidyTree(() => {
      const last = read(params, tokenIds, { ...(state && { state }), ...(rng && { rng }) });
      return { logits: project(params, drop(last.hidden, rate.output, rng)), state: last.state };
    });

  return {
    config,

    init(rng) {
      const last = tiedEmbeddings ? embeddingSize : hiddenSize;
      const own = [...new Array(layers - 1).fill({}), { hiddenSize: last }];
      const table = tiedEmbeddings
        ? { table: randomUniform<tf.Rank.R2>(rng, [vocabularySize, embeddingSize], -0.1, 0.1) }
        : initEmbedding({ vocabularySize, embeddingSize }, rng);
      return {
        embedding: table,
        recurrent: recurrent.init({ ...start, inputSize: embeddingSize, hiddenSize, layers: own }, rng),
        output: tiedEmbeddings
          ? { bias: tf.zeros([vocabularySize]) }
          : initLinear({ inputSize: hiddenSize, outputSize: vocabularySize }, rng),
      };
    },

    logits,
    project,
    hidden: (params, tokenIds, { state } = {}) => read(params, tokenIds, state ? { state } : {}),

    stepper(params) {
      const kept = keepParams({ embedding: params.embedding, output: params.output });
      let cells: CellStepper<StackState>;
      try {
        cells = stepper(recurrent, params.recurrent);
      } catch (error) {
        disposeParams(kept);
        throw error;
      }
      return {
        step: (tokenIds, before) =>
          tidyTree(() => {
            const batch = tokenIds.length;
            if (batch === 0)
              throw new ArgumentError('languageModel: a step takes at least one token, got none.');
            if (kept.embedding.table.isDisposed) {
              throw new ArgumentError(
                'languageModel: the stepper was disposed of. Make a new one of the parameters.',
              );
            }
            const vectors = embedding(kept.embedding, tf.tensor2d(tokenIds, [batch, 1], 'int32'));
            const { output, state } = cells.step(
              tf.reshape(vectors, [batch, -1]),
              before ?? cells.zeroState(batch),
            );
            const logits = project(kept, tf.reshape(output, [batch, 1, -1]));
            return { logits: tf.reshape(logits, [batch, -1]) as tf.Tensor2D, state };
          }),
        dispose() {
          cells.dispose();
          disposeParams(kept);
        },
      };
    },

    loss(params, batch, { carried, rng }) {
      checkBatch('loss', batch);
      const { inputs, targets, batchSize, time } = batch;
      const tokenIds = tf.tensor2d(inputs, [batchSize, time], 'int32');
      const labels = tf.tensor2d(targets, [batchSize, time], 'int32');
      const forward = logits(params, tokenIds, { rng, ...(carried && { state: carried }) });
      return { loss: crossEntropy(forward.logits, labels), carried: forward.state };
    },
  };
}

/** Hidden vectors to logits: by a kernel of the output's own, or by the embedding's table. */
function project(
  { embedding: { table }, output }: Pick<LanguageModelParams, 'embedding' | 'output'>,
  hidden: tf.Tensor3D,
): tf.Tensor3D {
  return 'kernel' in output ? linear(output, hidden) : tiedOutput({ table, bias: output.bias }, hidden);
}
