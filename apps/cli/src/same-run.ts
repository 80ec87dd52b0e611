import type { DropoutRates } from '@ostinato/language-model';
import type { ModelConfig } from './model-directory.ts';
import type { TrainOptions } from './train-options.ts';
import { UserError } from './user-error.ts';

/**
 * Checks that the options written beside `--resume` are those of the run that is resumed.
 *
 * @throws UserError naming each option that differs
 */
export function checkSameRun(
  folder: string,
  { level, model, training }: ModelConfig,
  options: TrainOptions,
  given: ReadonlySet<string>,
): void {
  const before: Partial<Record<keyof TrainOptions, unknown>> = {
    level,
    cell: model.cell,
    hidden: model.hiddenSize,
    layers: model.layers,
    embedding: model.embeddingSize,
    tied: model.tiedEmbeddings ?? false,
    ...dropoutBefore(model, given),
    vocabulary: training.vocabulary ?? 'none',
    batch: training.batchSize,
    bptt: training.windowLength,
    learningRate: training.learningRate,
    optimizer: training.optimizer ?? 'adam',
    schedule: training.schedule ?? 'constant',
    warmup: training.warmup ?? 0,
    weightDecay: training.weightDecay ?? 0,
    ema: training.ema ?? 'none',
    seed: training.seed,
    order: training.baselineOrder,
    validFraction: training.validFraction ?? 'a file of its own',
  };
  const differences = Object.entries(before)
    .filter(([name, value]) => given.has(name) && options[name as keyof TrainOptions] !== value)
    .map(
      ([name, value]) => `--${kebab(name)} is ${options[name as keyof TrainOptions]}, the run has ${value}`,
    );
  if (training.validFraction === undefined && options.valid === undefined) {
    differences.push('--valid is missing, the run held out a file of its own');
  }
  if (training.validFraction !== undefined && options.valid !== undefined) {
    differences.push(`--valid is given, the run held out ${training.validFraction} of its text`);
  }
  if (differences.length === 0) return;
  throw new UserError(
    `${folder}: the run to resume has another configuration: ${differences.join('; ')}. ` +
      'Leave these options out to go on with it, or train into another --out.',
  );
}

/** What each option of dropout would have to be; `--dropout` is for the places that have no other of their own. */
function dropoutBefore({ dropout }: ModelConfig['model'], given: ReadonlySet<string>) {
  const { embedding, input, hidden, output, recurrentKernel }: DropoutRates =
    typeof dropout === 'number' ? { input: dropout, hidden: dropout, output: dropout } : dropout;
  const own = { inputDropout: input ?? 0, hiddenDropout: hidden ?? 0, outputDropout: output ?? 0 };
  const shared = Object.entries(own).find(([name]) => !given.has(name));
  return {
    ...own,
    ...(shared && { dropout: shared[1] }),
    embeddingDropout: embedding ?? 0,
    weightDrop: recurrentKernel ?? 0,
  };
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
