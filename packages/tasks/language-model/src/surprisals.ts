import {
  ArgumentError,
  checkNumber,
  disposeParams,
  softmaxCrossEntropy,
  tidyTree,
  valueAndGradients,
} from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkGiven, described } from './check-given.ts';
import { adapt, checkDynamic, type DynamicOptions } from './dynamic-evaluation.ts';
import type { LanguageModel, LanguageModelParams, LanguageModelState } from './language-model.ts';
import { type CacheOptions, checkCache, neuralCache } from './neural-cache.ts';

/** A long sequence of token ids, in memory (`memoryTokens` of @ostinato/data makes one) or in a file. */
export interface TokenSequence {
  readonly length: number;
  read(start: number, end: number): Int32Array | Promise<Int32Array>;
}

export interface SurprisalOptions {
  /** The token before the first one. */
  startId: number;
  /** How many tokens are run at once, and with `dynamic` how many lie between two steps. */
  windowLength?: number;
  /** Words of the text so far are likelier to come again. */
  cache?: CacheOptions;
  /** The model goes on learning from what it has scored. */
  dynamic?: DynamicOptions;
}

/** Some tokens of a text, one after another. */
export interface Surprisals {
  /** The place of the first of them in the text. */
  start: number;
  tokenIds: Int32Array;
  /** [tokens] −ln p of each after all before it */
  nats: Float64Array;
}

/**
 * How surprising each token of a text is after all those before it: its −ln p, in nats; over ln 2 it is in bits. The text
 * is read in windows with the state carried on, so that memory does not grow with it. Without `dynamic` the numbers do not
 * depend on the windows.
 *
 * ```ts
 * for await (const { tokenIds, nats } of surprisals(model, params, text, { startId })) …
 * ```
 *
 * @throws ArgumentError for a token id that is none, naming its place, for a text that is no sequence, or an option that does
 *   not fit
 */
export function surprisals(
  model: LanguageModel,
  params: LanguageModelParams,
  text: TokenSequence,
  options: SurprisalOptions,
): AsyncGenerator<Surprisals, void, void> {
  return walk('surprisals', model, params, text, options);
}

/** The same, for another function that errors name. */
export async function* walk(
  where: string,
  model: LanguageModel,
  params: LanguageModelParams,
  text: TokenSequence,
  options: SurprisalOptions,
): AsyncGenerator<Surprisals, void, void> {
  checkText(where, text);
  checkGiven(where, 'the options are', options, '{ startId, … }');
  const { startId, windowLength = 256, cache, dynamic } = options;
  const { vocabularySize } = model.config;
  checkNumber(where, 'windowLength', windowLength, 'a positive integer');
  checkId(where, 'startId', startId, vocabularySize);
  if (cache) checkCache(where, cache);
  if (dynamic) checkDynamic(where, dynamic);
  const words = cache && neuralCache(cache);
  let state: LanguageModelState | undefined;
  let current = params;
  let previous = startId;
  try {
    for (let start = 0; start < text.length; start += windowLength) {
      const targets = await text.read(start, Math.min(start + windowLength, text.length));
      const wrong = targets.findIndex((id) => !(id >= 0 && id < vocabularySize));
      if (wrong >= 0) checkId(where, `text[${start + wrong}]`, targets[wrong]!, vocabularySize);
      const inputs = new Int32Array(targets.length);
      inputs[0] = previous;
      inputs.set(targets.subarray(0, -1), 1);

      const read = (p: LanguageModelParams) => readWindow(model, p, inputs, targets, state);
      const window = dynamic ? readAndLearn(current, read) : { ...read(current), gradients: undefined };
      if (state) disposeParams(state);
      state = window.state;
      const nats = Float64Array.from(window.nats.dataSync());
      words?.mix(nats, window.hidden, targets);
      disposeParams([window.nats, window.hidden]);
      if (dynamic && window.gradients) {
        const next = adapt(current, window.gradients, params, dynamic);
        disposeParams(window.gradients);
        if (current !== params) disposeParams(current);
        current = next;
      }
      previous = targets.at(-1)!;
      yield { start, tokenIds: targets, nats };
    }
  } finally {
    if (state) disposeParams(state);
    if (current !== params) disposeParams(current);
    words?.dispose();
  }
}

interface Window {
  /** [time] */
  nats: tf.Tensor1D;
  /** [time, features] */
  hidden: tf.Tensor2D;
  state: LanguageModelState;
}

function readWindow(
  model: LanguageModel,
  params: LanguageModelParams,
  inputs: Int32Array,
  targets: Int32Array,
  before: LanguageModelState | undefined,
): Window {
  return tidyTree(() => {
    const tokenIds = tf.tensor2d(inputs, [1, inputs.length], 'int32');
    const { hidden, state } = model.hidden(params, tokenIds, before && { state: before });
    const logits: tf.Tensor2D = tf.squeeze(model.project(params, hidden), [0]);
    const labels = tf.tensor1d(targets, 'int32');
    const nats = softmaxCrossEntropy({ logits, labels });
    return { nats, hidden: tf.squeeze<tf.Tensor2D>(hidden, [0]), state };
  });
}

/** The window, and the gradients of its mean nats, all from the parameters as they are before it. */
function readAndLearn(params: LanguageModelParams, read: (params: LanguageModelParams) => Window) {
  const { value, gradients, rest } = valueAndGradients(params, (p) => {
    const window = read(p);
    return { value: tf.mean(window.nats), rest: window as unknown as { [name: string]: tf.Tensor } };
  });
  value.dispose();
  return { ...(rest as unknown as Window), gradients };
}

function checkText(where: string, text: TokenSequence): void {
  if (typeof text === 'object' && text !== null && typeof text.read === 'function') return;
  const lacking = described(text) === 'an object' ? ' without `read`' : '';
  throw new ArgumentError(
    `${where}: \`text\` is ${described(text)}${lacking}, expected { length, read }. ` +
      'memoryTokens(Int32Array.from(ids)) of @ostinato/data makes one.',
  );
}

function checkId(where: string, name: string, id: number, vocabularySize: number): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabularySize) return;
  throw new ArgumentError(
    `${where}: \`${name}\` is ${id}, expected a token id from 0 to ${vocabularySize - 1}. Encode with the model's own tokenizer.`,
  );
}
