import type { EndEvent } from '@ostinato/training';
import { count, duration, figure, plural } from './format.ts';
import { defaultEpochs } from './lm-config.ts';
import type { TrainOptions } from './train-options.ts';

/** Where a run stands when it ends. */
interface RunEnd {
  reason: EndEvent<never>['reason'];
  /** Whether it took a step since it was started, or resumed. */
  moved: boolean;
  step: number;
  /** Passes over the text. */
  epochs: number;
  seconds: number;
}

/** Why a run ended that had nothing left to do, or lost its patience; undefined for one that went to its limit. */
export function endNote(end: RunEnd, options: TrainOptions): string | undefined {
  const { reason, moved } = end;
  const nothing = moved ? '' : 'Nothing is left to do. ';
  if (reason === 'patience') {
    const { patience } = options;
    return `${nothing}The held-out loss got no better ${patience === 1 ? 'in the last epoch' : `in ${count(patience!)} epochs in a row`} (--patience ${patience}). A higher one goes on.`;
  }
  if (reason === 'budget' && !moved) {
    return `${nothing}Limits count over resumed runs, and this one has come to ${limitReached(end, options)}. A higher limit goes on.`;
  }
  return undefined;
}

/** What to say when the held-out part took most of the time; undefined when it did not. All in seconds. */
export function scoringNote(scoring: number, training: number): string | undefined {
  if (scoring < 1 || scoring <= training) return undefined;
  return (
    `Scoring the held-out part took ${duration(scoring)}, training itself ${duration(training)}. ` +
    'A shorter --valid, or a lower --valid-fraction, leaves more of the time to training.'
  );
}

function limitReached({ step, epochs, seconds }: RunEnd, options: TrainOptions): string {
  if (options.steps !== undefined && step >= options.steps)
    return `step ${count(step)} (--steps ${options.steps})`;
  if (options.minutes !== undefined && seconds >= 60 * options.minutes)
    return `${duration(seconds)} of training (--minutes ${options.minutes})`;
  const limit =
    options.epochs === undefined ? `${defaultEpochs} without a limit` : `--epochs ${options.epochs}`;
  return `${epochs === 1 ? plural(1, 'epoch') : `${figure(epochs, 1)} epochs`} (${limit})`;
}
