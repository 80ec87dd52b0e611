import { ArgumentError, checkNumber, type ParamTree } from '@ostinato/runtime';

/** Figures of held-out data by name, such as `{ loss: 1.4, accuracy: 0.6 }`. */
export type Metrics = Record<string, number>;

export interface ValidationOptions<Params extends ParamTree> {
  /** Scores parameters: those of the run, or their averages where the optimizer keeps some. It disposes of nothing. */
  evaluate(params: Params): Promise<Metrics> | Metrics;
  /** How often: after so many epochs, 1 when left out, or so many steps. Once more at the end of the budget. */
  every?: { epochs: number } | { steps: number };
  /** Which figure tells better from worse; `loss` when left out. */
  metric?: string;
  better?: 'smaller' | 'larger';
  /** Stops after so many evaluations in a row without a better one. */
  patience?: number;
}

/** What a run remembers of its evaluations. */
export interface ValidationState {
  /** The step of the last one. */
  step: number;
  /** The best figure so far, and its step. */
  best: number;
  bestStep: number;
  /** Evaluations since the best. */
  sinceBest: number;
}

/** @throws ArgumentError for counts that are no positive integers */
export function checkValidation({ every, patience }: ValidationOptions<ParamTree>): void {
  for (const [name, count] of Object.entries(every ?? {}))
    checkNumber('fit', `validation.every.${name}`, count, 'a positive integer');
  if (patience !== undefined) checkNumber('fit', 'validation.patience', patience, 'a positive integer');
}

/** Whether a run that stands here is to be evaluated: a function of its state, so that a resumed run knows it, too. */
export function isEvaluationDue(
  every: ValidationOptions<ParamTree>['every'],
  at: { step: number; epoch: number; cursor: unknown; validation: ValidationState | undefined },
): boolean {
  if (at.step === 0 || at.validation?.step === at.step) return false;
  if (every && 'steps' in every) return at.step % every.steps === 0;
  return at.cursor === undefined && at.epoch > 0 && at.epoch % (every?.epochs ?? 1) === 0;
}

/**
 * The figure that counts.
 *
 * @throws ArgumentError when `evaluate` gave none of that name, or no finite one
 */
export function metricOf(metrics: Metrics, name: string, step: number): number {
  const value = metrics[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const names = Object.keys(metrics).join(', ') || 'nothing';
  const got = value === undefined ? `no \`${name}\` but ${names}` : `\`${name}\` = ${value}`;
  throw new ArgumentError(
    `fit: \`validation.evaluate\` returned ${got} at step ${step}, expected a finite number. Return it, or name another \`validation.metric\`.`,
  );
}

/** What to remember after an evaluation. */
export function afterEvaluation(
  before: ValidationState | undefined,
  step: number,
  value: number,
  better: 'smaller' | 'larger' = 'smaller',
): ValidationState {
  const isBest = !before || (better === 'larger' ? value > before.best : value < before.best);
  return isBest
    ? { step, best: value, bestStep: step, sinceBest: 0 }
    : { ...before, step, sinceBest: before.sinceBest + 1 };
}
