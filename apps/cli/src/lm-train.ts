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
import { folderStore } from '@ostinato/runtime/node';
import {
  adam,
  type BatchSource,
  chain,
  clipByGlobalNorm,
  fit,
  loadCheckpoint,
  saveCheckpoint,
  startTraining,
  type TrainingState,
} from '@ostinato/training';
import { count, duration, figure } from './format.ts';
import { interruptible } from './interruptible.ts';
import { chunksOf, readTrainingText, type TrainingText } from './language-model-text.ts';
import { type ModelConfig, readConfig, readTokenizer, writeConfig, writeParams } from './model-directory.ts';
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
const checkpointEvery = 60_000; // milliseconds

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
  const { out } = options;
  const earlier = await readConfig(out);
  if (earlier && !options.resume) {
    throw new UserError(
      `${out}: a model is here already. Go on with it by --resume, choose another --out, or remove the folder.`,
    );
  }
  if (!earlier && options.resume)
    throw new UserError(`${out}: no model to resume here (there is no config.json).`);
  if (earlier) checkSameRun(out, earlier, options, given);
  const level = earlier?.level ?? options.level;
  const validFraction = earlier
    ? earlier.training.validFraction
    : given.has('valid')
      ? undefined
      : options.validFraction;

  const text = await readTrainingText({
    files,
    level,
    ...(validFraction !== undefined && { validFraction }),
    ...(options.valid !== undefined && { validFile: options.valid }),
    ...(earlier && { tokenizer: await readTokenizer(out) }),
  });
  try {
    if (text.replaced > 0) {
      reporter.note(
        `${count(text.replaced)} invalid UTF-8 sequences were read as U+FFFD (the replacement character).`,
      );
    }
    const config = earlier ?? configOf(options, level, validFraction, text);
    checkSameText(out, config, text);
    bpttPlan(text.train.length, {
      batchSize: config.training.batchSize,
      windowLength: config.training.windowLength,
    });
    const runtime = await startRuntime();
    if (!runtime.simd)
      reporter.note('This machine has no WebAssembly SIMD: training runs several times slower.');
    const baseline = await trainBaseline(text, config, reporter);
    return await train(text, config, options, baseline, reporter);
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
  return { trainTokens: train.length, validTokens: valid.length, sha256: train.sha256 };
}

function checkSameText(out: string, { training }: ModelConfig, text: TrainingText): void {
  const now = textOf(text);
  if (now.sha256 === training.text.sha256 && now.validTokens === training.text.validTokens) return;
  throw new UserError(
    `${out}: this run was trained on another text (${count(training.text.trainTokens)} and ${count(training.text.validTokens)} held-out tokens; ` +
      `now ${count(now.trainTokens)} and ${count(now.validTokens)}). Resume with the same files and the same --valid or --valid-fraction.`,
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
  const chunks = chunksOf(train, Math.min(train.length, baselineLimit));
  const counts = await countNgrams(chunks, { order, vocabulary: { size: model.vocabularySize } });
  const ngrams = kneserNey(counts, { fallback: fallbackDiscount });
  const { totalNats, tokens } = await scoreStream(ngrams, chunksOf(valid));
  return {
    order,
    perplexity: perplexity({ totalNats, tokens }),
    bitsPerCharacter: bitsPerCharacter({ totalNats, characters: valid.characters }),
    loss: totalNats / tokens,
  };
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
  const store = folderStore(out);
  const model = languageModel(config.model);
  const optimizer = chain(clipByGlobalNorm(1), adam({ learningRate }));
  const rng = createRng(seed);
  const params = model.init(rng.split());
  const parameters = countParams(params);
  let state: TrainingState<LanguageModelParams>;
  let notes: Notes = {};
  if (resume) {
    const checkpoint = await loadCheckpoint(store, params, optimizer);
    disposeParams(params);
    if (!checkpoint)
      throw new UserError(`${out}: there is no checkpoint to resume from (training-state.safetensors).`);
    ({ state, notes } = checkpoint);
    reporter.note(`Resuming at step ${count(state.step)}, after ${duration(state.seconds)} of training.`);
  } else {
    state = startTraining(params, optimizer, rng.split());
    await writeConfig(out, config, text.tokenizer);
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

  /** Scores the held-out part, and keeps the parameters if none were better. */
  const evaluate = async (): Promise<Evaluation> => {
    const { totalNats, tokens } = await score(model, state.params, text.valid, {
      startId,
      onProgress: (fraction) => reporter.progress({ fraction, text: 'scoring the held-out part' }),
    });
    const evaluation = { step: state.step, totalNats, tokens };
    if (!notes.best || totalNats < notes.best.totalNats) {
      await writeParams(out, state.params);
      notes = { ...notes, best: evaluation };
    }
    return evaluation;
  };
  const checkpoint = async () => {
    if (!notes.best) await writeParams(out, state.params);
    await saveCheckpoint(store, state, notes);
  };

  const interruption = interruptible(reporter);
  let lastCheckpoint = performance.now();
  let smoothed: number | undefined;
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
      smoothed = smoothed === undefined ? event.loss : 0.98 * smoothed + 0.02 * event.loss;
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
        reporter.note(
          `epoch ${event.epoch}: held out ${figure(totalNats / tokens)} nats per token, ` +
            `perplexity ${figure(Math.exp(totalNats / tokens), 2)} (training ${figure(smoothed, 3)})`,
        );
      }
      if (performance.now() - lastCheckpoint > checkpointEvery) {
        await checkpoint();
        lastCheckpoint = performance.now();
      }
    }
    if (aborted) {
      await checkpoint();
      reporter.finish();
      reporter.note(
        `Stopped at step ${count(state.step)}; everything is saved in ${out}. To go on: the same command with --resume.`,
      );
      return 130;
    }
    if (evaluated !== state.step) await evaluate();
    await checkpoint();
  } finally {
    interruption.end();
    reporter.finish();
  }

  const { totalNats, tokens, step } = notes.best!;
  const seconds = state.seconds;
  const result = {
    loss: totalNats / tokens,
    perplexity: perplexity({ totalNats, tokens }),
    bitsPerCharacter: bitsPerCharacter({ totalNats, characters: text.valid.characters }),
    tokens,
    unknown: text.valid.unknown,
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
