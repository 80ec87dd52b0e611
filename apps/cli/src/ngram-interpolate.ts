import { readTextFiles } from '@ostinato/data/node';
import { Interpolation, levelSizes, type Vocabulary } from '@ostinato/ngram';
import { count, duration, figure, replacedNote } from './format.ts';
import { readNgramModel, type WordModel, writeNgramModel } from './ngram-file.ts';
import { scoreModel, type TextScore } from './ngram-score.ts';
import { encodeText, type Level, levelOf } from './ngram-text.ts';
import { withOutputFile } from './output-folder.ts';
import { expectProbabilities } from './probability-sums.ts';
import type { Reporter } from './reporter.ts';
import { checkRereadable } from './rereadable.ts';
import { UserError } from './user-error.ts';

export interface NgramInterpolateOptions {
  out: string;
  /** A text to find the weights on, or to score them on if they are given. */
  heldOut?: string;
  /** One for each model. */
  weights?: number[];
  logLinear?: boolean;
  quantize?: 8 | 16;
}

/** `ostinato ngram interpolate`: one model of several. */
export function interpolateNgrams(
  paths: readonly string[],
  options: NgramInterpolateOptions,
  reporter: Reporter,
): Promise<number> {
  return withOutputFile(options.out, [...paths, options.heldOut], () =>
    interpolate(paths, options, reporter),
  );
}

async function interpolate(
  paths: readonly string[],
  options: NgramInterpolateOptions,
  reporter: Reporter,
): Promise<number> {
  const { out, heldOut, logLinear = false } = options;
  if (heldOut !== undefined) await checkRereadable([heldOut]);
  const started = performance.now();
  const models: WordModel[] = [];
  for (const path of paths) {
    reporter.progress({ text: `reading ${path}` });
    models.push(await readNgramModel(path));
    expectProbabilities(path, models.at(-1)!);
  }
  const level = commonLevel(paths, models);
  const scores: TextScore[] = [];
  for (const [i, model] of heldOut === undefined ? [] : models.entries())
    scores.push(await scoreModel(model, [heldOut!], reporter, { noteLines: i === 0 }));
  const impossible = scores.findIndex(({ loss }) => loss === Number.POSITIVE_INFINITY);
  if (logLinear && impossible >= 0)
    throw new UserError(
      `${paths[impossible]}: it gives a token of ${heldOut} the probability 0, which no log-linear mixture can mend. Train it with a smoothing.`,
    );
  reporter.progress({ text: 'interpolating' });
  const interpolation = new Interpolation(models);
  const weights = options.weights ?? (await tunedWeights(interpolation, level, options));
  const mixture = logLinear ? interpolation.logLinear(weights) : interpolation.linear(weights);
  const score = heldOut === undefined ? undefined : await scoreModel(mixture, [heldOut], reporter);
  await writeNgramModel(out, mixture, options);
  reporter.finish();
  const seconds = (performance.now() - started) / 1000;
  const ngrams = levelSizes(mixture.trie);
  if (score && score.replaced > 0) reporter.note(replacedNote(score.replaced));
  if (new Set(scores.map(({ unknown }) => unknown)).size > 1)
    reporter.note('The models do not know the same tokens: their perplexities do not compare.');
  reporter.result(
    {
      models: paths.map((model, i) => ({ model, weight: weights[i], ...scores[i] })),
      logLinear,
      ...score,
      ...{ order: mixture.order, ngrams, seconds, out },
    },
    [
      `  weight${score ? '     perplexity  without unknown      unknown' : ''}`,
      ...paths.map((path, i) => `${figure(weights[i]!).padStart(8)}${columns(scores[i])}  ${path}`),
      ...(score ? [`        ${columns(score)}  ${out}`] : []),
      `${ngrams.map(count).join(', ')} n-grams of orders 1 to ${mixture.order} in ${out}, after ${duration(seconds)}.`,
    ],
  );
  return 0;
}

async function tunedWeights(
  interpolation: Interpolation<Vocabulary<string>>,
  level: Level,
  { heldOut, logLinear }: NgramInterpolateOptions,
): Promise<number[]> {
  const ids = encodeText(readTextFiles([heldOut!]), level, interpolation.vocabulary, { grow: false });
  return logLinear ? interpolation.logLinearWeights(ids) : interpolation.linearWeights(ids);
}

function commonLevel(paths: readonly string[], models: readonly WordModel[]): Level {
  const levels = models.map(({ vocabulary }) => levelOf(vocabulary));
  const other = levels.findIndex((level) => level !== levels[0]);
  if (other >= 0)
    throw new UserError(
      `${paths[other]}: this is a model of ${levels[other]}s, but ${paths[0]} is one of ${levels[0]}s. Interpolate models of one kind.`,
    );
  return levels[0]!;
}

function columns(score: TextScore | undefined): string {
  if (!score) return '';
  const known = score.unknown === score.tokens ? 'none' : figure(score.perplexityKnown, 2);
  return `${figure(score.perplexity, 2).padStart(15)}${known.padStart(17)}${count(score.unknown).padStart(13)}`;
}
