import { ArgumentError, disposeParams, type Rng } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel, LanguageModelParams, LanguageModelState } from './language-model.ts';
import { checkSampling, type SamplingOptions, sampleToken } from './sample-token.ts';

export interface GenerateOptions extends SamplingOptions {
  /** What goes before: at least one token, such as the vocabulary's start of text. */
  prompt: ArrayLike<number>;
  rng: Rng;
}

/**
 * Continues a prompt, one token at a time and for ever: take as many as are wanted. The same seed gives the same
 * tokens. Only the state of one step is held; leaving the loop frees it.
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
  { prompt, rng, ...sampling }: GenerateOptions,
): Generator<number, void, void> {
  checkSampling(sampling);
  const { vocabularySize } = model.config;
  if (prompt.length === 0) {
    throw new ArgumentError(
      'generate: `prompt` is empty, expected at least one token, such as the start of text.',
    );
  }
  const ids = Int32Array.from(prompt);
  const wrong = ids.findIndex((id) => id < 0 || id >= vocabularySize);
  if (wrong >= 0) {
    throw new ArgumentError(
      `generate: \`prompt[${wrong}]\` is ${ids[wrong]}, expected 0 to ${vocabularySize - 1}.`,
    );
  }

  let state: LanguageModelState | undefined;
  let input = ids;
  try {
    for (;;) {
      const before = state;
      const forward = tf.tidy(() => {
        const tokenIds = tf.tensor2d(input, [1, input.length], 'int32');
        const { logits, state } = model.logits(params, tokenIds, before && { state: before });
        return { last: tf.slice(logits, [0, input.length - 1, 0]), state } as unknown as tf.TensorContainer;
      }) as unknown as { last: tf.Tensor3D; state: LanguageModelState };
      if (state) disposeParams(state);
      state = forward.state;
      const logits = forward.last.dataSync() as Float32Array;
      forward.last.dispose();
      const token = sampleToken(logits, sampling, rng);
      yield token;
      input = Int32Array.of(token);
    }
  } finally {
    if (state) disposeParams(state);
  }
}
