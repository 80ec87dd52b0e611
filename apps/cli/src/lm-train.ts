import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type BpttCursor, bpttPlan, bpttWindows } from '@ostinato/data';
import {
  type CellName,
  type LanguageModelBatch,
  type LanguageModelParams,
  languageModel,
  score,
} from '@ostinato/language-model';
import { bitsPerCharacter, perplexity } from '@ostinato/metrics';
import { countNgrams, fallbackDiscount, kneserNey, scoreStream } from '@ostinato/ngram';
import { countParams, createRng, disposeParams, startRuntime } from '@ostinato/runtime';
import {
  adam,
  type BatchSource,
  chain,
  clipByGlobalNorm,
  fit,
  loadCheckpoint,
  type Optimizer,
  saveCheckpoint,
  startTraining,
  type TrainingState,
} from '@ostinato/training';
import { count, duration, figure, replacedNote } from './format.ts';
import { interruptible } from './interruptible.ts';
import { chunksOf, readTrainingText, type TrainingText } from './language-model-text.ts';
import {
  type ModelConfig,
  modelStore,
  readConfig,
  readTokenizer,
  removeModel,
  tokenizerDigest,
  writeConfig,
  writeParams,
} from './model-directory.ts';
import { checkSize, outOfMemory } from './model-size.ts';
import { withOutputFolder } from './output-folder.ts';
import type { Reporter } from './reporter.ts';
import { checkSameRun } from './same-run.ts';
import { UserError } from './user-error.ts';

export interface TrainOptions {
  out: string;
  level: 'char' | 'word';
  cell: CellName;
  hidden: number;
  layers: number;
  embedding?: number;
  dropout: number;
  batch: number;
  bptt: number;
  epochs?: number;
  steps?: number;
  minutes?: number;
  learningRate: number;
  seed: number;
  order?: number;
  valid?: string;
  validFraction: number;
  resume?: boolean;
}

/** What a run remembers beside its tensors. */
interface Notes extends Record<string, unknown> {
  best?: Evaluation;
}

interface Evaluation {
  step: number;
  totalNats: number;
  tokens: number;
}

/** Tokens that the baseline is counted over at most: n-gram counts are held in memory. */
const baselineLimit = 20_000_000;
const checkpointFile = 'training-state.safetensors';
// Milliseconds.
const firstCheckpointAfter = 10_000;
const checkpointEvery = 60_000;
const noteEvery = 2_000;

/**
 * `ostinato lm train`: learns a language model from text files, with an n-gram model of the same tokens beside it.
 *
 * @param given which options were written on the command line, for `--resume` to compare
 * @returns the exit status
 */
export async function trainLanguageModel(
  files: readonly string[],
  options: TrainOptions,
  given: ReadonlySet<string>,
  reporter: Reporter,
): Promise<number> {
  const { out, resume } = options;
  const earlier = await readConfig(out);
  if (earlier && !resume) {
    throw new UserError(
      `${out}: a model is here already. Go on with it by --resume, choose another --out, or remove the folder.`,
    );
  }
  if (earlier) {
    checkSameRun(out, earlier, options, given);
    return run(files, options, earlier, reporter);
  }
  if (resume) throw new UserError(`${out}: no model to resume here (there is no config.json).`);
  const stray = ['tokenizer.json', 'params.safetensors', checkpointFile].find((file) =>
    existsSync(join(out, file)),
  );
  if (stray !== undefined) {
    throw new UserError(
      `${out}: there is a ${stray} without a config.json here, perhaps of a run that was killed. Choose another --out, or remove the folder.`,
    );
  }
  return withOutputFolder(out, () => run(files, options, undefined, reporter));
}

async function run(
  files: readonly string[],
  options: TrainOptions,
  earlier: ModelConfig | undefined,
  reporter: Reporter,
): Promise<number> {
  const { out } = options;
  const level = earlier?.level ?? options.level;
  const ownFraction = options.valid === undefined ? options.validFraction : undefined;
  const validFraction = earlier ? earlier.training.validFraction : ownFraction;

  const text = await readTrainingText(
    {
      files,
      level,
      ...(validFraction !== undefined && { validFraction }),
      ...(options.valid !== undefined && { validFile: options.valid }),
      ...(earlier && { tokenizer: await readTokenizer(out, earlier) }),
    },
    reporter,
  );
  reporter.finish();
  try {
    if (text.replaced > 0) reporter.note(replacedNote(text.replaced));
    const config = earlier ?? configOf(options, level, validFraction, text);
    checkSameText(out, config, text);
    checkSize(files, config, text.train.length);
    const runtime = await startRuntime();
    if (!runtime.simd)
      reporter.note('This machine has no WebAssembly SIMD: training runs several times slower.');
    const baseline = await trainBaseline(text, config, reporter);
    return await train(text, config, options, baseline, reporter);
  } catch (error) {
    throw outOfMemory(error);
  } finally {
    await text.close();
  }
}

function configOf(
  options: TrainOptions,
  level: 'char' | 'word',
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

function checkSameText(out: string, { training }: ModelConfig, text: TrainingText): void {
  const now = textOf(text);
  const before = training.text;
  if (now.sha256 === before.sha256 && now.validSha256 === before.validSha256) return;
  const which = now.sha256 === before.sha256 ? 'held out' : 'trained on';
  throw new UserError(
    `${out}: the run to resume ${which} another text (it had ${count(before.trainTokens)} tokens and ${count(before.validTokens)} held out; ` +
      `now there are ${count(now.trainTokens)} and ${count(now.validTokens)}). Resume with the same files, or train into another --out.`,
  );
}

interface Baseline {
  order: number;
  perplexity: number;
  bitsPerCharacter: number;
  loss: number;
}

async function trainBaseline(
  text: TrainingText,
  { training, model }: ModelConfig,
  reporter: Reporter,
): Promise<Baseline> {
  const { baselineOrder: order } = training;
  const { train, valid } = text;
  if (train.length > baselineLimit) {
    reporter.note(
      `The n-gram baseline is counted over the first ${count(baselineLimit)} of ${count(train.length)} tokens.`,
    );
  }
  const limit = Math.min(train.length, baselineLimit);
  const counted = watched('counting n-grams for the baseline', train, limit, reporter);
  const counts = await countNgrams(counted, { order, vocabulary: { size: model.vocabularySize } });
  const ngrams = kneserNey(counts, { fallback: fallbackDiscount });
  const { totalNats, tokens } = await scoreStream(
    ngrams,
    watched('scoring the baseline', valid, valid.length, reporter),
  );
  reporter.finish();
  return {
    order,
    perplexity: perplexity({ totalNats, tokens }),
    bitsPerCharacter: bitsPerCharacter({ totalNats, characters: valid.characters }),
    loss: totalNats / tokens,
  };
}

async function* watched(doing: string, source: TrainingText['train'], limit: number, reporter: Reporter) {
  let done = 0;
  for await (const ids of chunksOf(source, limit)) {
    yield ids;
    done += ids.length;
    reporter.progress({ fraction: done / limit, text: doing });
  }
}

async function train(
  text: TrainingText,
  config: ModelConfig,
  { out, epochs, steps, minutes, resume }: TrainOptions,
  baseline: Baseline,
  reporter: Reporter,
): Promise<number> {
  const { learningRate, seed, batchSize, windowLength } = config.training;
  const { startId } = text.tokenizer.vocabulary;
  const store = modelStore(out);
  const model = languageModel(config.model);
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));
  const rng = createRng(seed);
  const params = model.init(rng.split());
  const parameters = countParams(params);
  let state: TrainingState<LanguageModelParams>;
  let notes: Notes = {};
  if (resume) {
    ({ state, notes } = await readCheckpoint(out, params, optimizer));
    reporter.note(`Resuming at step ${count(state.step)}, after ${duration(state.seconds)} of training.`);
  } else {
    state = startTraining(params, optimizer, rng.split());
  }
  reporter.note(
    `${count(text.train.length)} ${config.level === 'char' ? 'characters' : 'words'} to learn from, ${count(text.valid.length)} held out, ` +
      `${count(config.model.vocabularySize)} in the vocabulary, ${count(parameters)} parameters.\n` +
      `Baseline: ${baseline.order}-gram Kneser-Ney, ${figure(baseline.loss)} nats per token, perplexity ${figure(baseline.perplexity, 2)}.`,
  );

  const plan = bpttPlan(text.train.length, { batchSize, windowLength });
  const batches: BatchSource<LanguageModelBatch> = {
    async *open(_epoch, cursor) {
      const place = cursor === undefined ? {} : { cursor: cursor as BpttCursor };
      for await (const window of bpttWindows(text.train, { batchSize, windowLength, startId, ...place })) {
        const { index, cursor, time } = window;
        yield {
          batch: window,
          tokens: batchSize * time,
          cursor,
          fraction: (index + 1) / plan.windows,
          fresh: index === 0,
        };
      }
    },
  };
  const budget = {
    ...(steps !== undefined && { steps }),
    ...(minutes !== undefined && { seconds: minutes * 60 }),
    ...(epochs !== undefined && { epochs }),
    ...(steps === undefined && minutes === undefined && epochs === undefined && { epochs: 10 }),
  };

  let written = resume === true;
  /** The folder becomes a model with the first parameters, so that a run that fails before leaves nothing. */
  const keepParams = async () => {
    try {
      if (!written) await writeConfig(out, config, text.tokenizer);
      await writeParams(out, state.params);
      written = true;
    } catch (error) {
      if (!written) await removeModel(out);
      throw error;
    }
  };
  /** Scores the held-out part, and keeps the parameters if none were better. */
  const evaluate = async (): Promise<Evaluation> => {
    const { totalNats, tokens } = await score(model, state.params, text.valid, {
      startId,
      onProgress(fraction) {
        interruption.signal.throwIfAborted();
        reporter.progress({ fraction, text: 'scoring the held-out part' });
      },
    });
    const evaluation = { step: state.step, totalNats, tokens };
    if (!notes.best || totalNats < notes.best.totalNats) {
      await keepParams();
      notes = { ...notes, best: evaluation };
    }
    return evaluation;
  };
  const checkpoint = async () => {
    if (!notes.best) await keepParams();
    await saveCheckpoint(store, state, notes);
    nextCheckpoint = performance.now() + checkpointEvery;
  };

  const interruption = interruptible(reporter);
  let nextCheckpoint = performance.now() + firstCheckpointAfter;
  let lastNote = Number.NEGATIVE_INFINITY;
  let seen = 0;
  let smoothed = 0;
  let speed: number | undefined;
  let evaluated = -1;
  let aborted = false;
  try {
    const options = {
      state,
      loss: model.loss,
      optimizer,
      batches,
      budget,
      signal: interruption.signal,
    };
    for await (const event of fit<LanguageModelParams, LanguageModelBatch>(options)) {
      state = event.state;
      if (event.type === 'end') {
        aborted = event.reason === 'aborted';
        break;
      }
      const weight = Math.max(0.02, 1 / ++seen); // at first a plain mean, so that the first steps do not linger
      smoothed += weight * (event.loss - smoothed);
      speed = speed === undefined ? event.tokensPerSecond : 0.95 * speed + 0.05 * event.tokensPerSecond;
      reporter.progress({
        fraction: event.progress,
        text: [
          `loss ${figure(smoothed, 3)}`,
          `perplexity ${figure(Math.exp(smoothed), 2)}`,
          `${count(speed)} tokens/s`,
          `${duration(event.secondsLeft)} left`,
        ].join(' · '),
      });
      if (event.epochEnd && event.progress < 1 && !interruption.signal.aborted) {
        const { totalNats, tokens, step } = await evaluate();
        evaluated = step;
        if (performance.now() - lastNote > noteEvery) {
          lastNote = performance.now();
          reporter.note(
            `epoch ${event.epoch}: held out ${figure(totalNats / tokens)} nats per token, ` +
              `perplexity ${figure(Math.exp(totalNats / tokens), 2)} (training ${figure(smoothed, 3)})`,
          );
        }
      }
      if (performance.now() > nextCheckpoint) await checkpoint();
    }
    if (!aborted) {
      if (evaluated !== state.step) {
        if (performance.now() > nextCheckpoint - checkpointEvery + firstCheckpointAfter) await checkpoint();
        await evaluate();
      }
      await checkpoint();
    }
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    aborted = true; // within a scoring
  } finally {
    reporter.finish();
  }
  try {
    if (aborted) {
      await checkpoint();
      reporter.note(
        `Stopped at step ${count(state.step)}; everything is saved in ${out}. To go on: the same command with --resume.`,
      );
      return interruption.status();
    }
  } finally {
    interruption.end();
  }

  const { totalNats, tokens, step } = notes.best!;
  const seconds = state.seconds;
  const result = {
    loss: totalNats / tokens,
    perplexity: perplexity({ totalNats, tokens }),
    bitsPerCharacter: bitsPerCharacter({ totalNats, characters: text.valid.characters }),
    tokens,
    unknown: text.valid.unknown,
    replaced: text.replaced,
    tokensPerSecond: state.tokens / seconds,
    seconds,
    baseline: {
      order: baseline.order,
      perplexity: baseline.perplexity,
      bitsPerCharacter: baseline.bitsPerCharacter,
    },
    steps: state.step,
    epochs: state.tokens / plan.targets,
    bestStep: step,
    parameters,
    out,
  };
  const row = (name: string, loss: number, ppl: number, bits: number) =>
    `${name.padEnd(24)}${figure(loss).padStart(8)} nats per token   perplexity ${figure(ppl, 2).padStart(8)}   ${figure(bits)} bits per character`;
  reporter.result(result, [
    row(
      `${config.model.layers}-layer ${config.model.cell} ${config.model.hiddenSize}`,
      result.loss,
      result.perplexity,
      result.bitsPerCharacter,
    ),
    row(`${baseline.order}-gram Kneser-Ney`, baseline.loss, baseline.perplexity, baseline.bitsPerCharacter),
    `${count(state.step)} steps, ${figure(result.epochs, 1)} epochs in ${duration(seconds)} at ${count(result.tokensPerSecond)} tokens/s. ` +
      `The best parameters (step ${count(step)}) are in ${out}.`,
  ]);
  return 0;
}

async function readCheckpoint(
  out: string,
  params: LanguageModelParams,
  optimizer: Optimizer,
): Promise<{ state: TrainingState<LanguageModelParams>; notes: Notes }> {
  const remedy = 'Remove the folder and train anew, or into another --out.';
  let checkpoint: Awaited<ReturnType<typeof loadCheckpoint<LanguageModelParams>>>;
  try {
    checkpoint = await loadCheckpoint(modelStore(out), params, optimizer);
  } catch (error) {
    const message = (error as Error).message.replace(`${join(out, checkpointFile)}: `, '');
    throw new UserError(`${join(out, checkpointFile)}: ${message} ${remedy}`);
  } finally {
    disposeParams(params);
  }
  if (checkpoint) return checkpoint;
  throw new UserError(`${out}: there is no checkpoint to resume from (${checkpointFile}). ${remedy}`);
}
