import { bpttWindows, type TokenSource } from '@ostinato/data';
import {
  type DynamicOptions,
  gradientRms,
  type LanguageModelParams,
  type SurprisalOptions,
} from '@ostinato/language-model';
import { plural } from './format.ts';
import { readText } from './language-model-text.ts';
import type { LmScoreOptions } from './lm-score-options.ts';
import type { LoadedModel } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import { startIdOf } from './tokenizer-file.ts';
import { UserError } from './user-error.ts';

/** Sequences side by side that the gradients of `--dynamic-rms` are averaged over, as in the paper. */
const rmsLanes = 100;

/** What the options of `lm score` ask of `surprisals`. Gradients of a training text are found here. */
export async function surprisalOptions(
  folder: string,
  loaded: LoadedModel,
  options: LmScoreOptions,
  reporter: Reporter,
): Promise<SurprisalOptions> {
  const { cache: size, cacheTheta: theta, cacheWeight: weight } = options;
  const startId = startIdOf(loaded.tokenizer, folder);
  const dynamic = await dynamicOptions(loaded, startId, options, reporter);
  return {
    startId,
    ...(size !== undefined && { cache: { size, theta, weight } }),
    ...(dynamic && { dynamic, windowLength: dynamicWindow(loaded, options) }),
  };
}

/** How many tokens lie between two steps: those of the paper. */
function dynamicWindow({ config }: LoadedModel, { dynamicWindow }: LmScoreOptions): number {
  return dynamicWindow ?? (config.level === 'char' ? 20 : 5);
}

async function dynamicOptions(
  loaded: LoadedModel,
  startId: number,
  options: LmScoreOptions,
  reporter: Reporter,
): Promise<DynamicOptions | undefined> {
  const { dynamic: learningRate, dynamicDecay: decay, dynamicRms } = options;
  if (learningRate === undefined) return undefined;
  if (dynamicRms === undefined) return { learningRate, decay };
  const text = await readText([dynamicRms], loaded.tokenizer, reporter);
  try {
    if (text.length < rmsLanes)
      throw new UserError(
        `${dynamicRms}: ${plural(text.length, 'token')} ${text.length === 1 ? 'is' : 'are'} too few, expected the training text.`,
      );
    const windowLength = dynamicWindow(loaded, options);
    return { learningRate, decay, rms: await rmsOf(loaded, text, { windowLength, startId }, reporter) };
  } finally {
    await text.close();
  }
}

function rmsOf(
  { model, params }: LoadedModel,
  text: TokenSource,
  { windowLength, startId }: { windowLength: number; startId: number },
  reporter: Reporter,
): Promise<LanguageModelParams> {
  async function* watched() {
    let done = 0;
    for await (const window of bpttWindows(text, { batchSize: rmsLanes, windowLength, startId })) {
      yield window;
      done += window.inputs.length;
      reporter.progress({ fraction: done / text.length, text: 'gradients of the training text' });
    }
  }
  return gradientRms(model, params, watched());
}
