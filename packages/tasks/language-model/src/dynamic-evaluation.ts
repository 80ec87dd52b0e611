import { crossEntropy } from '@ostinato/losses';
import {
  ArgumentError,
  checkNumber,
  disposeParams,
  flattenParams,
  mapParams,
  type ParamTree,
  valueAndGradients,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkBatch } from './check-batch.ts';
import type {
  LanguageModel,
  LanguageModelBatch,
  LanguageModelParams,
  LanguageModelState,
} from './language-model.ts';

/**
 * How a model goes on learning while it is scored (Krause, Kahembwe, Murray & Renals 2018,
 * https://arxiv.org/abs/1709.07432). The parameters given are never changed: each window moves a copy.
 */
export interface DynamicOptions {
  /** η: 0 learns nothing. */
  learningRate: number;
  /** λ: how much of the way back to the trained parameters is gone at each step, from 0 to 1. 0 when absent. */
  decay?: number;
  /**
   * The root mean square of each parameter's gradient over the training text, as `gradientRms` finds it: parameters that
   * were seldom moved take larger steps, and go back more slowly. All are treated alike when absent.
   */
  rms?: LanguageModelParams;
}

/** What is added to a root mean square, so that nothing is divided by 0: as in the authors' program. */
const epsilon = 2e-5;

/** @throws ArgumentError naming the option that does not fit */
export function checkDynamic(where: string, { learningRate, decay = 0 }: DynamicOptions): void {
  checkNumber(where, 'dynamic.decay', decay, 'a number from 0 to 1');
  if (typeof learningRate === 'number' && learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY)
    return;
  throw new ArgumentError(
    `${where}: \`dynamic.learningRate\` is ${learningRate}, expected 0 or a positive number.`,
  );
}

/**
 * One step of dynamic evaluation:
 *
 *   θ′ = θ − η g / (RMS + ε) + min(λ RMS / mean RMS, 1) ⊙ (θ_trained − θ)
 *
 * and without `rms` θ′ = θ − η g + λ (θ_trained − θ), section 4 of the paper. The mean of the RMS is that of each tensor,
 * then of these, as in the authors' program.
 *
 * @param gradients of the mean nats per token
 * @returns new tensors, which the caller disposes of
 */
export function adapt<Params extends ParamTree>(
  params: Params,
  gradients: ParamTree,
  trained: ParamTree,
  { learningRate, decay = 0, rms }: DynamicOptions,
): Params {
  const gradientOf = new Map(flattenParams(gradients));
  const trainedOf = new Map(flattenParams(trained));
  const rmsOf = rms && new Map(flattenParams(rms));
  const mean = rms && meanOf(rms);
  return mapParams(params, (value, path) =>
    tf.tidy(() => {
      const own = rmsOf?.get(path);
      const gradient = gradientOf.get(path)!;
      const scaled = own ? tf.div(gradient, tf.add(own, epsilon)) : gradient;
      const moved = tf.sub(value, tf.mul(scaled, learningRate));
      if (decay === 0) return moved;
      const rate = own && mean! > 0 ? tf.minimum(tf.mul(own, decay / mean!), 1) : decay;
      return tf.add(moved, tf.mul(tf.sub(trainedOf.get(path)!, value), rate));
    }),
  );
}

/**
 * The root mean square over batches of the gradient of their mean nats, for every parameter: how much each had to move in
 * training. The paper takes batches of 100 sequences, as long as the windows that are scored later (5 words).
 *
 * @param batches of the training text, in order; the state is carried from one to the next of the same size
 * @returns in the structure of the parameters; the caller disposes of it
 * @throws ArgumentError when there is no batch, or one whose ids are not as many as its sizes say
 */
export async function gradientRms(
  model: LanguageModel,
  params: LanguageModelParams,
  batches: Iterable<LanguageModelBatch> | AsyncIterable<LanguageModelBatch>,
): Promise<LanguageModelParams> {
  let sums: LanguageModelParams | undefined;
  let state: LanguageModelState | undefined;
  let count = 0;
  let lanes = 0;
  try {
    for await (const batch of batches) {
      checkBatch('gradientRms', batch);
      const carried = batch.batchSize === lanes ? state : undefined;
      const { value, gradients, rest } = valueAndGradients(params, (p) => {
        const { loss, carried: after } = meanNats(model, p, batch, carried);
        return { value: loss, rest: after as tf.TensorContainerArray };
      });
      value.dispose();
      if (state) disposeParams(state);
      state = rest as LanguageModelState;
      const before = sums && new Map(flattenParams(sums));
      const next = mapParams(gradients, (gradient, path) =>
        tf.tidy(() => tf.add(before?.get(path) ?? 0, tf.square(gradient))),
      );
      disposeParams(gradients);
      if (sums) disposeParams(sums);
      sums = next;
      lanes = batch.batchSize;
      count++;
    }
    if (!sums) throw new ArgumentError('gradientRms: there are no batches, expected at least one.');
    return mapParams(sums, (sum) => tf.tidy(() => tf.sqrt(tf.div(sum, count))));
  } finally {
    if (state) disposeParams(state);
    if (sums) disposeParams(sums);
  }
}

/** As the model's `loss`, without dropout. */
function meanNats(
  model: LanguageModel,
  params: LanguageModelParams,
  { inputs, targets, batchSize, time }: LanguageModelBatch,
  state: LanguageModelState | undefined,
): { loss: tf.Scalar; carried: LanguageModelState } {
  const tokenIds = tf.tensor2d(inputs, [batchSize, time], 'int32');
  const { logits, state: carried } = model.logits(params, tokenIds, state && { state });
  return { loss: crossEntropy(logits, tf.tensor2d(targets, [batchSize, time], 'int32')), carried };
}

/** The mean over tensors of their means. */
function meanOf(tree: ParamTree): number {
  const means = flattenParams(tree).map(([, tensor]) => tf.tidy(() => tf.mean(tensor).dataSync()[0]!));
  return means.reduce((sum, mean) => sum + mean, 0) / means.length;
}
