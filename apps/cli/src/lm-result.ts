import { bitsPerCharacter, perplexity } from '@ostinato/metrics';
import { count, duration, figure, plural, unknownNote } from './format.ts';
import type { TrainingText } from './language-model-text.ts';
import type { Baseline } from './lm-baseline.ts';
import type { ModelConfig } from './model-directory.ts';
import type { Reporter } from './reporter.ts';
import type { Evaluation } from './run-folder.ts';

/** What a finished run has to tell. */
export interface FinishedRun {
  out: string;
  config: ModelConfig;
  text: TrainingText;
  baseline: Baseline;
  /** Both, mixed: each half of the held-out part with the weight that is best on the other. */
  mixture: { totalNats: number; weights: readonly number[] };
  best: Evaluation;
  steps: number;
  epochs: number;
  /** Tokens trained on. */
  trained: number;
  seconds: number;
  parameters: number;
}

/** Both models side by side: the one that was learned and the n-grams. */
export function reportRun(run: FinishedRun, reporter: Reporter): void {
  const { out, config, text, baseline, mixture, best, steps, epochs, trained, seconds, parameters } = run;
  const { totalNats, tokens } = best;
  const { model } = config;
  const figuresOf = (totalNats: number) => ({
    loss: totalNats / tokens,
    perplexity: perplexity({ totalNats, tokens }),
    bitsPerCharacter: bitsPerCharacter({ totalNats, characters: text.valid.characters }),
  });
  const mixed = figuresOf(mixture.totalNats);
  const result = {
    ...figuresOf(totalNats),
    tokens,
    unknown: text.valid.unknown,
    replaced: text.replaced,
    trainedTokens: trained,
    tokensPerSecond: trained / seconds,
    seconds,
    baseline: {
      order: baseline.order,
      perplexity: baseline.perplexity,
      bitsPerCharacter: baseline.bitsPerCharacter,
    },
    mixture: {
      weights: mixture.weights,
      perplexity: mixed.perplexity,
      bitsPerCharacter: mixed.bitsPerCharacter,
    },
    steps,
    epochs,
    bestStep: best.step,
    parameters,
    out,
  };
  reporter.result(result, [
    row(`${model.layers}-layer ${model.cell} ${model.hiddenSize}`, result),
    row(`${baseline.order}-gram Kneser-Ney`, baseline),
    row('mixture of both', mixed),
    ...(text.valid.unknown > 0 ? [unknownNote(text.valid.unknown, tokens, 'held-out part')] : []),
    `${plural(steps, 'step')}, ${figure(epochs, 1)} epochs in ${duration(seconds)} at ${count(result.tokensPerSecond)} tokens/s. ` +
      `The best parameters (step ${count(best.step)}) are in ${out}.`,
  ]);
}

function row(name: string, figures: { loss: number; perplexity: number; bitsPerCharacter: number }): string {
  const { loss, perplexity, bitsPerCharacter } = figures;
  return (
    `${name.padEnd(24)}${figure(loss).padStart(8)} nats per token   ` +
    `perplexity ${figure(perplexity, 2).padStart(8)}   ${figure(bitsPerCharacter)} bits per character`
  );
}
