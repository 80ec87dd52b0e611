import type { Reporter } from './reporter.ts';

/** Turns Ctrl-C into a wish that can be waited for; the second one ends the program at once. */
export function interruptible(reporter: Reporter): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
    reporter.note('Stopping after this step and saving; Ctrl-C once more stops at once and saves nothing.');
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    end: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}
