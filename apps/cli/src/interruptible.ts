import { constants } from 'node:os';
import type { Reporter } from './reporter.ts';

/**
 * Turns Ctrl-C into a wish that can be waited for; the second one ends the program at once.
 *
 * @param options.quiet says nothing of it
 */
export function interruptible(reporter: Reporter, { quiet = false }: { quiet?: boolean } = {}): Interruption {
  const controller = new AbortController();
  let status = 0;
  const stop = (name: NodeJS.Signals) => {
    status = 128 + constants.signals[name];
    if (controller.signal.aborted) process.exit(status);
    controller.abort();
    if (!quiet) reporter.note('Stopping after this step and saving; Ctrl-C once more stops at once.');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    status: () => status,
    end: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
}

export interface Interruption {
  signal: AbortSignal;
  /** The exit status of a program that a signal ended: 130 after Ctrl-C. */
  status(): number;
  /** From here on signals end the program as they ever do. */
  end(): void;
}
