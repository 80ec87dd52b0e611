import { join } from 'node:path';
import { count } from './format.ts';
import { checkpointFile, type RunFolder } from './run-folder.ts';
import { UserError } from './user-error.ts';

/** What to say of a run whose model diverged: where, what is left of it, and what to try. */
export function diverged(out: string, message: string, folder: RunFolder): UserError {
  const best = folder.best()?.step;
  const saved = folder.saved();
  const [what] = message
    .replace(/^fit: /, '')
    .replace(/\bstep (\d+)/g, (_, step) => `step ${count(Number(step))}`)
    .split('. ');
  const kept = best === undefined ? '' : ` The parameters of step ${count(best)} are kept in ${out}.`;
  const checkpoint =
    saved === undefined
      ? ''
      : ` The last good checkpoint is of step ${count(saved)}: ${join(out, checkpointFile)}.`;
  const look = kept && ` \`ostinato lm diagnose ${out} TEXT\` says how its gradients go.`;
  return new UserError(
    `${out}: the model diverged: ${what}. Train with a lower --learning-rate into another --out.${kept}${checkpoint}${look}`,
  );
}
