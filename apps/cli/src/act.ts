import { createReporter, type Reporter } from './reporter.ts';

/** Makes a command's action of its work, which returns the exit status. */
export type Act = (
  work: (reporter: Reporter, ...parts: never[]) => Promise<number>,
) => (...parts: unknown[]) => Promise<void>;

/** Actions that run with a reporter, and hand the exit status to `done`. */
export function actions(done: (status: number) => void): Act {
  return (work) =>
    async (...parts) => {
      const options = parts.at(-2) as { json?: boolean };
      const reporter = createReporter({ json: options.json === true });
      try {
        done(
          await (work as (reporter: Reporter, ...parts: unknown[]) => Promise<number>)(reporter, ...parts),
        );
      } finally {
        reporter.finish();
      }
    };
}
