import { count } from './format.ts';
import type { TrainingText } from './language-model-text.ts';
import { type Level, type ModelConfig, tokenizerDigest } from './model-directory.ts';
import type { TrainOptions } from './train-options.ts';
import { UserError } from './user-error.ts';

/** The configuration of a run that begins. */
export function configOf(
  options: TrainOptions,
  level: Level,
  validFraction: number | undefined,
  text: TrainingText,
): ModelConfig {
  const { cell, layers, hidden: hiddenSize, dropout } = options;
  const embeddingSize = options.embedding ?? (level === 'char' ? Math.min(64, hiddenSize) : hiddenSize);
  return {
    format: 'ostinato-language-model',
    version: 1,
    level,
    tokenizerSha256: tokenizerDigest(text.tokenizer),
    model: {
      vocabularySize: text.tokenizer.vocabulary.size,
      cell,
      layers,
      hiddenSize,
      embeddingSize,
      dropout,
    },
    training: {
      batchSize: options.batch,
      windowLength: options.bptt,
      learningRate: options.learningRate,
      seed: options.seed,
      ...(validFraction !== undefined && { validFraction }),
      baselineOrder: options.order ?? (level === 'char' ? 6 : 3),
      text: textOf(text),
    },
  };
}

function textOf({ train, valid }: TrainingText): ModelConfig['training']['text'] {
  return {
    ...{ trainTokens: train.length, validTokens: valid.length },
    ...{ sha256: train.sha256, validSha256: valid.sha256 },
  };
}

/** @throws UserError when the run to resume was trained on another text */
export function checkSameText(out: string, { training }: ModelConfig, text: TrainingText): void {
  const now = textOf(text);
  const before = training.text;
  if (now.sha256 === before.sha256 && now.validSha256 === before.validSha256) return;
  const which = now.sha256 === before.sha256 ? 'held out' : 'trained on';
  throw new UserError(
    `${out}: the run to resume ${which} another text (it had ${count(before.trainTokens)} tokens and ${count(before.validTokens)} held out; ` +
      `now there are ${count(now.trainTokens)} and ${count(now.validTokens)}). Resume with the same files, or train into another --out.`,
  );
}
