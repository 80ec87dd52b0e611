import type { LanguageModelParams } from '@ostinato/language-model';
import type { StepEvent } from '@ostinato/training';
import { count, duration, figure } from './format.ts';
import type { Reporter } from './reporter.ts';

const noteEvery = 2_000; // milliseconds

/** What is shown while a language model learns: running means, and a line for an epoch. */
export function trainingProgress(reporter: Reporter): {
  step(event: StepEvent<LanguageModelParams>): void;
  /** @param heldOut nats per token */
  epoch(epoch: number, heldOut: number): void;
} {
  let seen = 0;
  let loss = 0;
  let speed = 0;
  let lastNote = Number.NEGATIVE_INFINITY;
  return {
    step(event) {
      seen++;
      // At first plain means, so that the first steps do not linger.
      loss += Math.max(0.02, 1 / seen) * (event.loss - loss);
      speed += Math.max(0.05, 1 / seen) * (event.tokensPerSecond - speed);
      reporter.progress({
        fraction: event.progress,
        text: [
          `loss ${figure(loss, 3)}`,
          `perplexity ${figure(Math.exp(loss), 2)}`,
          `${count(speed)} tokens/s`,
          `${duration(event.secondsLeft)} left`,
        ].join(' · '),
      });
    },
    epoch(epoch, heldOut) {
      if (performance.now() - lastNote < noteEvery) return;
      lastNote = performance.now();
      reporter.note(
        `epoch ${epoch}: held out ${figure(heldOut)} nats per token, ` +
          `perplexity ${figure(Math.exp(heldOut), 2)}${seen > 0 ? ` (training ${figure(loss, 3)})` : ''}`,
      );
    },
  };
}
