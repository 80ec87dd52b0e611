import type { LanguageModel, LanguageModelParams } from './language-model.ts';
import { type SurprisalOptions, type TokenSequence, walk } from './surprisals.ts';

/** How well a model predicts a text. */
export interface Score {
  /** The negative log-likelihood of all tokens together. */
  totalNats: number;
  tokens: number;
}

export interface ScoreOptions extends SurprisalOptions {
  /** Told after every window how much of the text is behind it, from 0 to 1. */
  onProgress?: (fraction: number) => void;
}

/**
 * Scores every token of a text from all those before it, the first one from `startId`: the sum of `surprisals`.
 *
 * @throws ArgumentError for a token id that is none, naming its place, for a text that is no sequence, or an option that does
 *   not fit
 */
export async function score(
  model: LanguageModel,
  params: LanguageModelParams,
  text: TokenSequence,
  options: ScoreOptions,
): Promise<Score> {
  const windows = walk('score', model, params, text, options);
  let totalNats = 0;
  for await (const { start, nats } of windows) {
    for (const surprisal of nats) totalNats += surprisal;
    options.onProgress?.((start + nats.length) / text.length);
  }
  return { totalNats, tokens: text.length };
}
