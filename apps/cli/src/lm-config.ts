import { bpttPlan } from '@ostinato/data';
import type { LanguageModelConfig } from '@ostinato/language-model';
import { count, plural } from './format.ts';
import type { TrainingText } from './language-model-text.ts';
import { hasEnd, learningRates } from './lm-optimizer.ts';
import { type Level, type ModelConfig, tokenizerDigest } from './model-directory.ts';
import type { TrainOptions } from './train-options.ts';
import { UserError } from './user-error.ts';

/** When no limit is given. */
export const defaultEpochs = 10;

/** The configuration of a run that begins. */
export function configOf(
  options: TrainOptions,
  level: Level,
  validFraction: number | undefined,
  text: TrainingText,
): ModelConfig {
  checkWorkers(options);
  const { cell, layers, hidden: hiddenSize, tied } = options;
  const narrow = level === 'char' && !tied;
  const embeddingSize = options.embedding ?? (narrow ? Math.min(64, hiddenSize) : hiddenSize);
  if (tied && layers === 1 && embeddingSize !== hiddenSize) {
    throw new UserError(
      `--tied has the output share vectors of ${embeddingSize} (--embedding), and the only layer is ${hiddenSize} wide (--hidden). ` +
        'Make both the same, or take --layers 2: the last layer is as wide as the vectors.',
    );
  }
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
      ...(tied && { tiedEmbeddings: true }),
      dropout: dropoutOf(options),
    },
    training: {
      batchSize: options.batch,
      windowLength: options.bptt,
      ...(options.workers > 1 && { workers: options.workers }),
      learningRate: options.learningRate ?? learningRates[options.optimizer],
      optimizer: options.optimizer,
      schedule: options.schedule,
      ...(hasEnd(options.schedule) && { scheduleSteps: scheduleSteps(options, text) }),
      warmup: options.warmup,
      weightDecay: options.weightDecay ?? (options.optimizer === 'adamw' ? 0.01 : 0),
      ...(options.ema !== undefined && { ema: options.ema }),
      seed: options.seed,
      ...(options.vocabulary !== undefined && { vocabulary: options.vocabulary }),
      ...(validFraction !== undefined && { validFraction }),
      baselineOrder: options.order ?? (level === 'char' ? 6 : 3),
      text: textOf(text),
    },
  };
}

/** One rate for all; or one for each place, as soon as there is one that differs. */
function dropoutOf(options: TrainOptions): LanguageModelConfig['dropout'] {
  const { dropout, embeddingDropout, inputDropout, hiddenDropout, outputDropout, weightDrop } = options;
  const own = [embeddingDropout, inputDropout, hiddenDropout, outputDropout, weightDrop];
  if (own.every((rate) => rate === undefined)) return dropout;
  return {
    embedding: embeddingDropout ?? 0,
    input: inputDropout ?? dropout,
    hidden: hiddenDropout ?? dropout,
    output: outputDropout ?? dropout,
    recurrentKernel: weightDrop ?? 0,
  };
}

function checkWorkers({ workers, batch }: TrainOptions): void {
  if (workers <= batch) return;
  throw new UserError(
    `--workers is ${workers}, but a batch of ${plural(batch, 'sequence')} has work for ${count(batch)} at most. Lower it, or raise --batch.`,
  );
}

/** How long the run is to be, for a schedule that ends with it. */
function scheduleSteps({ schedule, steps, epochs, minutes, batch, bptt }: TrainOptions, text: TrainingText) {
  if (steps === undefined && epochs === undefined && minutes !== undefined) {
    throw new UserError(
      `--schedule ${schedule} must know how many steps there are, and --minutes does not tell. Give --steps or --epochs, too.`,
    );
  }
  const { windows } = bpttPlan(text.train.length, { batchSize: batch, windowLength: bptt });
  const ofEpochs =
    epochs === undefined && steps !== undefined ? steps : Math.ceil((epochs ?? defaultEpochs) * windows);
  return Math.max(1, Math.min(steps ?? ofEpochs, ofEpochs));
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
  const sameLengths = now.trainTokens === before.trainTokens && now.validTokens === before.validTokens;
  const difference = sameLengths
    ? 'of the same length, but with other content'
    : `it had ${plural(before.trainTokens, 'token')} and ${count(before.validTokens)} held out; now there are ${count(now.trainTokens)} and ${count(now.validTokens)}`;
  throw new UserError(
    `${out}: the run to resume ${which} another text (${difference}). Resume with the same files, or train into another --out.`,
  );
}

/** How long a run goes on: the limits that were given, else the passes of `defaultEpochs`. */
export function budgetOf({ epochs, steps, minutes }: TrainOptions): {
  epochs?: number;
  steps?: number;
  seconds?: number;
} {
  if (steps === undefined && minutes === undefined && epochs === undefined) return { epochs: defaultEpochs };
  return {
    ...(steps !== undefined && { steps }),
    ...(minutes !== undefined && { seconds: minutes * 60 }),
    ...(epochs !== undefined && { epochs }),
  };
}
