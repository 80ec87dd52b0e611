import { bpttPlan } from '@ostinato/data';
import {
  type LanguageModelBatch,
  type LanguageModelParams,
  languageModel,
  score,
} from '@ostinato/language-model';
import { countParams, createRng, disposeParams, startRuntime } from '@ostinato/runtime';
import { removeTemporaries } from '@ostinato/runtime/node';
import { fit, NonFiniteError, startTraining } from '@ostinato/training';
import { diverged } from './diverged.ts';
import { earlierRun, earlierTokenizer } from './earlier-run.ts';
import { count, duration, figure, replacedNote } from './format.ts';
import { historyFile } from './history-file.ts';
import { interruptible } from './interruptible.ts';
import { readTrainingText, type TrainingText } from './language-model-text.ts';
import { type Baseline, trainBaseline } from './lm-baseline.ts';
import { budgetOf, checkSameText, configOf } from './lm-config.ts';
import { mixWithBaseline } from './lm-mixture.ts';
import { optimizerOf } from './lm-optimizer.ts';
import { reportRun } from './lm-result.ts';
import { isModelFile, type ModelConfig } from './model-directory.ts';
import { checkSize, outOfMemory } from './model-size.ts';
import { withOutputFolder } from './output-folder.ts';
import type { Reporter } from './reporter.ts';
import { endNote, scoringNote } from './run-end.ts';
import { readCheckpoint, runFolder } from './run-folder.ts';
import { withRunLock } from './run-lock.ts';
import { readTextTokenizer, startIdOf } from './tokenizer-file.ts';
import type { TrainOptions } from './train-options.ts';
import { batchesOf } from './training-batches.ts';
import { trainingProgress } from './training-progress.ts';
import { trainingTeam } from './training-team.ts';

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
  return withOutputFolder(out, () =>
    withRunLock(out, async () => {
      await removeTemporaries(out, isModelFile);
      return run(files, options, await earlierRun(options, given), reporter);
    }),
  );
}

async function run(
  files: readonly string[],
  options: TrainOptions,
  earlier: ModelConfig | undefined,
  reporter: Reporter,
): Promise<number> {
  const { out } = options;
  const given = options.tokenizer === undefined ? undefined : await readTextTokenizer(options.tokenizer);
  const level = earlier?.level ?? (given ? 'token' : options.level);
  const ownFraction = options.valid === undefined ? options.validFraction : undefined;
  const validFraction = earlier ? earlier.training.validFraction : ownFraction;

  const text = await readTrainingText(
    {
      files,
      level,
      ...(validFraction !== undefined && { validFraction }),
      ...(options.valid !== undefined && { validFile: options.valid }),
      ...(options.vocabulary !== undefined && { vocabulary: options.vocabulary }),
      ...(earlier
        ? { tokenizer: await earlierTokenizer(out, earlier, given, options) }
        : given && { tokenizer: given }),
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

const names = { char: 'characters', word: 'words', token: 'tokens' };

async function train(
  text: TrainingText,
  config: ModelConfig,
  options: TrainOptions,
  baseline: Baseline,
  reporter: Reporter,
): Promise<number> {
  const { out, resume } = options;
  const { seed, batchSize, windowLength } = config.training;
  const startId = startIdOf(text.tokenizer, options.tokenizer ?? out);
  const model = languageModel(config.model);
  const optimizer = optimizerOf(config.training);
  const rng = createRng(seed);
  const params = model.init(rng.split());
  const parameters = countParams(params);
  const resumed = resume ? await readCheckpoint(out, params, optimizer) : undefined;
  let state = resumed?.state ?? startTraining(params, optimizer, rng.split());
  if (resumed) {
    if (resumed.fallback) reporter.note(resumed.fallback);
    if (resumed.lost) reporter.note(resumed.lost);
    reporter.note(`Resuming at step ${count(state.step)}, after ${duration(state.seconds)} of training.`);
  }
  reporter.note(
    `${count(text.train.length)} ${names[config.level]} to learn from, ${count(text.valid.length)} held out, ` +
      `${count(config.model.vocabularySize)} in the vocabulary, ${count(parameters)} parameters.\n` +
      `Baseline: ${baseline.order}-gram Kneser-Ney, ${figure(baseline.loss)} nats per token, perplexity ${figure(baseline.perplexity, 2)}.`,
  );

  const folder = runFolder(out, config, text.tokenizer, resumed, {
    keep: options.keep,
    every: options.checkpointEvery,
  });
  const history = await historyFile(out, resumed && state.step);
  const interruption = interruptible(reporter, 'Stopping after this step and saving');
  const { signal } = interruption;
  const progress = trainingProgress(reporter);
  const begun = { step: state.step, seconds: state.seconds };
  let aborted = false;
  let reason: 'budget' | 'patience' | 'aborted' = 'aborted';
  let spent = 0;
  let scoring = 0; // seconds
  const evaluate = async (evaluated: LanguageModelParams) => {
    const started = performance.now();
    const { totalNats, tokens } = await score(model, evaluated, text.valid, {
      startId,
      onProgress(fraction) {
        signal.throwIfAborted();
        reporter.progress({ fraction, text: 'scoring the held-out part' });
      },
    });
    scoring += (performance.now() - started) / 1000;
    const loss = totalNats / tokens;
    // A loss whose perplexity is no number any more is lost as well.
    if (!Number.isFinite(Math.exp(loss))) {
      const what = `the held-out loss is ${Number.isFinite(loss) ? figure(loss) : loss} nats per token at step ${count(state.step)}`;
      throw diverged(out, what, folder);
    }
    return { loss, totalNats, tokens };
  };

  const team = await trainingTeam(config.training.workers ?? 1, config.model, state.params);
  try {
    const batches = batchesOf(out, text, config, startId);
    const budget = budgetOf(options);
    for await (const event of fit<LanguageModelParams, LanguageModelBatch>({
      ...{ state, loss: model.loss, optimizer, batches, budget, signal, ...(team && { team }) },
      validation: { evaluate, ...(options.patience !== undefined && { patience: options.patience }) },
    })) {
      state = event.state;
      if (event.type === 'end') {
        reason = event.reason;
        aborted = reason === 'aborted';
        break;
      }
      if (event.type === 'step') {
        progress.step(event);
        history.step(event);
        spent = event.progress;
        if (event.warning) reporter.note(`Step ${count(event.step)}: ${event.warning}`);
      } else {
        const { loss: heldOut, totalNats, tokens } = event.metrics as Awaited<ReturnType<typeof evaluate>>;
        if (spent < 1) progress.epoch(event.epoch, heldOut);
        history.evaluation(event.step, event.epoch, state.seconds, heldOut);
        await folder.keep(state, event.params, { step: event.step, totalNats, tokens });
        await history.flush();
      }
      if (folder.isDue()) {
        await folder.checkpoint(state);
        await history.flush();
      }
    }
    if (!aborted && !folder.best()) {
      // The parameters of the best evaluation were lost, and a run with nothing left to do makes no other.
      const average = optimizer.average?.(state.params, state.optimizerState);
      const params = average ?? state.params;
      const { totalNats, tokens } = await evaluate(params);
      await folder.keep(state, params, { step: state.step, totalNats, tokens });
      if (average) disposeParams(average);
    }
    // The last evaluation came before it, so that a model that diverged does not replace the last good one.
    if (!aborted) await folder.checkpoint(state);
  } catch (error) {
    if (error instanceof NonFiniteError) throw diverged(out, error.message, folder);
    if (!signal.aborted) throw error;
    aborted = true; // within a scoring
  } finally {
    reporter.finish();
    await team?.close();
  }
  try {
    if (aborted) {
      await folder.checkpoint(state);
      await history.flush();
      reporter.note(
        `Stopped at step ${count(state.step)}; everything is saved in ${out}. To go on: the same command with --resume.`,
      );
      return interruption.status();
    }
  } finally {
    interruption.end();
  }

  const { targets } = bpttPlan(text.train.length, { batchSize, windowLength });
  const { step: steps, tokens: trained, seconds } = state;
  const epochs = trained / targets;
  const why = endNote({ reason, moved: steps > begun.step, step: steps, epochs, seconds }, options);
  if (why) reporter.note(why);
  const slow = scoringNote(scoring, seconds - begun.seconds);
  if (slow) reporter.note(slow);
  const figures = { steps, epochs, trained, seconds, parameters };
  const mixture = await mixWithBaseline(out, config, text, baseline, startId, reporter);
  reportRun({ out, config, text, baseline, mixture, best: folder.best()!, ...figures }, reporter);
  return 0;
}
