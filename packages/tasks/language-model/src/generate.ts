import { ArgumentError, checkRng, disposeParams, type Rng, tidyTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { checkGiven, described } from './check-given.ts';
import type { LanguageModel, LanguageModelParams, LanguageModelState } from './language-model.ts';
import { checkSampling, type SamplingOptions, sampleToken } from './sample-token.ts';

export interface GenerateOptions extends SamplingOptions {
  /** What goes before: at least one token, such as the vocabulary's start of text. */
  prompt: ArrayLike<number>;
  rng: Rng;
}

/**
 * Continues a prompt, one token at a time and for ever: take as many as are wanted. The same seed gives the same
 * tokens. It writes from the parameters as they are at the first token, of which it holds a copy laid out for steps beside the
 * state of one step; leaving the loop frees both.
 *
 * ```ts
 * let left = 100;
 * for (const id of generate(model, params, { prompt: [startId], rng: createRng(1) })) {
 *   text += decode([id]);
 *   if (--left === 0) break;
 * }
 * ```
 *
 * @throws ArgumentError for an empty prompt, a token that is none, or an option that does not fit
 */
export function* generate(
  model: LanguageModel,
  params: LanguageModelParams,
  options: GenerateOptions,
): Generator<number, void, void> {
  checkGiven('generate', 'the options are', options, '{ prompt, rng, … }');
  const { prompt, rng, ...sampling } = options;
  checkSampling('generate', sampling);
  if (sampling.temperature !== 0) checkRng(rng, 'uniform', 'generate');
  const { vocabularySize } = model.config;
  if (typeof prompt !== 'object' || typeof prompt?.length !== 'number') {
    throw new ArgumentError(`generate: \`prompt\` is ${described(prompt)}, expected an array of token ids.`);
  }
  if (prompt.length === 0) {
    throw new ArgumentError(
      'generate: `prompt` is empty, expected at least one token, such as the start of text.',
    );
  }
  const wrong = Array.from(prompt).findIndex(
    (id) => !(Number.isInteger(id) && id >= 0 && id < vocabularySize),
  );
  if (wrong >= 0) {
    throw new ArgumentError(
      `generate: \`prompt[${wrong}]\` is ${prompt[wrong]}, expected a whole number from 0 to ${vocabularySize - 1}.`,
    );
  }
  const ids = Int32Array.from(prompt);

  const stepper = model.stepper(params);
  let state: LanguageModelState | undefined;
  try {
    let next: { logits: tf.Tensor; state: LanguageModelState } = readPrompt(model, params, ids);
    for (;;) {
      state = next.state;
      const logits = next.logits.dataSync() as Float32Array;
      next.logits.dispose();
      const token = sampleToken(logits, sampling, rng);
      yield token;
      next = stepper.step(Int32Array.of(token), state);
      disposeParams(state);
    }
  } finally {
    stepper.dispose();
    if (state) disposeParams(state);
  }
}

/** The logits after the last token, [1, 1, vocabularySize], and the state there. */
function readPrompt(model: LanguageModel, params: LanguageModelParams, ids: Int32Array) {
  return tidyTree(() => {
    const { hidden, state } = model.hidden(params, tf.tensor2d(ids, [1, ids.length], 'int32'));
    const last = tf.slice(hidden, [0, ids.length - 1, 0]);
    return { logits: model.project(params, last), state };
  });
}
