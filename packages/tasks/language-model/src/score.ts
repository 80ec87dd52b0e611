import { ArgumentError, checkNumber, disposeParams } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import type { LanguageModel, LanguageModelParams, LanguageModelState } from './language-model.ts';

/** How well a model predicts a text. */
export interface Score {
  /** The negative log-likelihood of all tokens together. */
  totalNats: number;
  tokens: number;
}

/** A long sequence of token ids, in memory or in a file. */
export interface TokenSequence {
  readonly length: number;
  read(start: number, end: number): Int32Array | Promise<Int32Array>;
}

/**
 * Scores every token of a text from all those before it, the first one from `startId`. The text is read in windows
 * with the state carried on, so that memory does not grow with it, and the result does not depend on the window.
 *
 * @param startId the token before the first one
 * @param windowLength how many tokens are run at once
 * @throws ArgumentError for a token id that is none, naming its place, or a window without length
 */
export async function score(
  model: LanguageModel,
  params: LanguageModelParams,
  text: TokenSequence,
  { startId, windowLength = 256, onProgress }: ScoreOptions,
): Promise<Score> {
  const { vocabularySize } = model.config;
  checkNumber('score', 'windowLength', windowLength, 'a positive integer');
  checkId('startId', startId, vocabularySize);
  let state: LanguageModelState | undefined;
  let previous = startId;
  let totalNats = 0;
  try {
    for (let start = 0; start < text.length; start += windowLength) {
      const targets = await text.read(start, Math.min(start + windowLength, text.length));
      const wrong = targets.findIndex((id) => !(id >= 0 && id < vocabularySize));
      if (wrong >= 0) checkId(`text[${start + wrong}]`, targets[wrong]!, vocabularySize);
      const inputs = new Int32Array(targets.length);
      inputs[0] = previous;
      inputs.set(targets.subarray(0, -1), 1);
      const before = state;
      const forward = tf.tidy(() => {
        const tokenIds = tf.tensor2d(inputs, [1, inputs.length], 'int32');
        const { logits, state } = model.logits(params, tokenIds, before && { state: before });
        const logProbs = tf.logSoftmax(tf.reshape(logits, [inputs.length, vocabularySize]));
        return { logProbs, state } as unknown as tf.TensorContainer;
      }) as unknown as { logProbs: tf.Tensor2D; state: LanguageModelState };
      const logProbs = forward.logProbs.dataSync();
      targets.forEach((target, i) => {
        totalNats -= logProbs[i * vocabularySize + target]!;
      });
      forward.logProbs.dispose();
      if (state) disposeParams(state);
      state = forward.state;
      previous = targets.at(-1)!;
      onProgress?.((start + targets.length) / text.length);
    }
  } finally {
    if (state) disposeParams(state);
  }
  return { totalNats, tokens: text.length };
}

function checkId(name: string, id: number, vocabularySize: number): void {
  if (Number.isInteger(id) && id >= 0 && id < vocabularySize) return;
  throw new ArgumentError(
    `score: \`${name}\` is ${id}, expected a token id from 0 to ${vocabularySize - 1}. Encode with the model's own tokenizer.`,
  );
}

export interface ScoreOptions {
  startId: number;
  windowLength?: number;
  /** Told after every window how much of the text is behind it, from 0 to 1. */
  onProgress?: (fraction: number) => void;
}
