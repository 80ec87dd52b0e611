import { checkNumber, disposeParams, flattenParams, type ParamTree } from '@ostinato/runtime';
import * as tf from '@tensorflow/tfjs-core';
import { type Followed, followLoss, NonFiniteError } from './follow-loss.ts';
import type { Loss } from './follow-shares.ts';
import { memoryWatch } from './memory-watch.ts';
import { applyUpdates, type Optimizer } from './optimizer.ts';
import type { Team } from './team.ts';
import type { TrainingState } from './training-state.ts';
import {
  afterEvaluation,
  checkValidation,
  isEvaluationDue,
  type Metrics,
  metricOf,
  type ValidationOptions,
} from './validation.ts';

/** So many batches in a row without a finite loss are no accident. */
const skipsInARow = 10;

/** A batch on its way through training. */
export interface Delivered<Batch> {
  batch: Batch;
  /** How many tokens it holds: what a loss is averaged over. */
  tokens: number;
  /** Where the next batch begins, as JSON: `open` continues from here. */
  cursor: unknown;
  /** How much of the epoch is behind it, from 0 to 1. */
  fraction: number;
  /** Whether it starts afresh, so that no state is carried into it. */
  fresh: boolean;
}

/** Batches in their order, one epoch at a time. */
export interface BatchSource<Batch> {
  /** The epoch's batches, from the cursor on, or from the beginning. */
  open(epoch: number, cursor?: unknown): AsyncIterable<Delivered<Batch>>;
}

/** What the loss of a batch returns. */
export interface BatchLoss {
  /** Mean nats per real token. */
  loss: tf.Scalar;
  /** The state to carry into the next batch, if the model has one. */
  carried?: ParamTree;
}

export interface FitOptions<Params extends ParamTree, Batch> {
  /** Where to begin: `startTraining(…)`, or a loaded checkpoint. `fit` takes its tensors over. */
  state: TrainingState<Params>;
  loss: Loss<Params, Batch>;
  optimizer: Optimizer;
  /** Threads to share every batch with, by `startTeam`; it stays the caller's to close. */
  team?: Team<Batch>;
  batches: BatchSource<Batch>;
  /** Ends after so many epochs, steps or seconds in all, counted over resumed runs, whichever comes first. */
  budget: { epochs?: number; steps?: number; seconds?: number };
  /** Scores held-out data now and then, and stops when it gets no better. */
  validation?: ValidationOptions<Params>;
  /**
   * What to do with a batch whose loss or gradient is no finite number: `stop` with an error, or `skip` it, moving nothing and
   * carrying no state on. Ten in a row stop in any case.
   */
  nonFinite?: 'stop' | 'skip';
  /** Ends cleanly after the step under way. */
  signal?: AbortSignal;
  /** The clock, in milliseconds. */
  now?: () => number;
}

/** After every step. */
export interface StepEvent<Params extends ParamTree> {
  type: 'step';
  /** Steps so far, this one included. */
  step: number;
  epoch: number;
  /** Mean nats per token of this batch; NaN when it was skipped. */
  loss: number;
  /** Why the batch was skipped, if it was. */
  skipped?: string;
  /** Said once, when tensors pile up from step to step. */
  warning?: string;
  /** Tokens in this batch. */
  tokens: number;
  tokensPerSecond: number;
  /** Seconds of training so far, over all resumed runs. */
  seconds: number;
  /** How much of the budget is spent, from 0 to 1. */
  progress: number;
  secondsLeft: number;
  /** True after the last batch of an epoch. */
  epochEnd: boolean;
  /** The state as it stands; its tensors belong to `fit` until the next event is asked for. */
  state: TrainingState<Params>;
}

/** After every evaluation. */
export interface EvaluationEvent<Params extends ParamTree> {
  type: 'evaluation';
  step: number;
  epoch: number;
  metrics: Metrics;
  /**
   * Whether none before was better: the time to keep `params`. A run that goes on after the end of its budget has forgotten the
   * evaluation there, which a longer run would not have made.
   */
  best: boolean;
  /** What was evaluated: the parameters, or the optimizer's average of them. They belong to `fit`. */
  params: Params;
  /** The state as it stands; its tensors belong to `fit` until the next event is asked for. */
  state: TrainingState<Params>;
}

/** The last event. */
export interface EndEvent<Params extends ParamTree> {
  type: 'end';
  reason: 'budget' | 'patience' | 'aborted';
  /** The final state; from here on its tensors belong to the caller. */
  state: TrainingState<Params>;
}

export type FitEvent<Params extends ParamTree> =
  | StepEvent<Params>
  | EvaluationEvent<Params>
  | EndEvent<Params>;

/**
 * Trains: takes batches, follows gradients, and reports each step. A terminal, a page and a test read the same
 * stream of events; what happens between two steps (evaluation, checkpoints, a pause) is up to the reader, and does
 * not count as training time.
 *
 * ```ts
 * for await (const event of fit({ state, loss: model.loss, optimizer, batches, budget: { steps: 100 } })) {
 *   if (event.type === 'step') console.log(event.step, event.loss);
 * }
 * ```
 *
 * @throws NonFiniteError when the loss or a gradient stops being a number. After this or any other error the state of
 *   the last event is still whole, and can be saved
 */
export async function* fit<Params extends ParamTree, Batch>({
  state,
  loss,
  optimizer,
  team,
  batches,
  budget,
  validation,
  nonFinite = 'stop',
  signal,
  now = () => performance.now(),
}: FitOptions<Params, Batch>): AsyncGenerator<FitEvent<Params>, void, void> {
  checkBudget(budget);
  if (validation) checkValidation(validation);
  let { params, optimizerState, carried, step, epoch, fraction, cursor, tokens: tokensSeen, seconds } = state;
  let validated = state.validation;
  let skips = 0;
  const { rng } = state;
  const watch = memoryWatch();
  const current = (): TrainingState<Params> => ({
    ...{ params, optimizerState, step, epoch, fraction, cursor, rng, tokens: tokensSeen, seconds },
    carried,
    validation: validated,
  });
  const progress = () =>
    Math.min(
      1,
      Math.max(
        budget.steps === undefined ? 0 : step / budget.steps,
        budget.epochs === undefined ? 0 : (epoch + fraction) / budget.epochs,
        budget.seconds === undefined ? 0 : seconds / budget.seconds,
      ),
    );

  const exhausted = () => (validated?.sinceBest ?? 0) >= (validation?.patience ?? Number.POSITIVE_INFINITY);
  const isDue = () =>
    validation !== undefined &&
    !signal?.aborted &&
    isEvaluationDue(validation.every, { step, epoch, cursor, validation: validated });

  /** @param due whether the run remembers it: one at the end of a budget would not be there in a longer run */
  async function* evaluate(due: boolean): AsyncGenerator<EvaluationEvent<Params>, void, void> {
    const { evaluate: score, metric = 'loss', better } = validation!;
    const average = optimizer.average?.(params, optimizerState);
    try {
      const evaluated = average ?? params;
      const metrics = await score(evaluated);
      const value = metricOf(metrics, metric, step);
      const after = afterEvaluation(validated, step, value, better);
      if (due) {
        const observed = optimizer.observe?.(optimizerState, better === 'larger' ? -value : value);
        if (observed) disposeParams(optimizerState);
        optimizerState = observed ?? optimizerState;
        validated = after;
      }
      const best = after.bestStep === step;
      yield { type: 'evaluation', step, epoch, metrics, best, params: evaluated, state: current() };
    } finally {
      if (average) disposeParams(average);
    }
  }

  while (true) {
    if (isDue()) yield* evaluate(true);
    if (progress() >= 1 || signal?.aborted || exhausted()) break;
    const delivered = batches.open(epoch, cursor)[Symbol.asyncIterator]();
    try {
      let started = now();
      let next: IteratorResult<Delivered<Batch>> = await delivered.next();
      if (next.done) {
        if (cursor === undefined) throw new Error('fit: the batches of an epoch are empty.');
        // The run was saved after the last batch of its epoch.
        [epoch, fraction, cursor] = [epoch + 1, 0, undefined];
      }
      while (!next.done) {
        const { batch, tokens, fresh } = next.value;
        const carriedIn = fresh ? undefined : carried;
        let found: Followed<Params> | undefined;
        let skipped: string | undefined;
        try {
          found = team
            ? await team.follow(loss, params, batch, { step: step + 1, carried: carriedIn, rng })
            : followLoss(params, step + 1, (p) => loss(p, batch, { carried: carriedIn, rng }));
          skips = 0;
        } catch (error) {
          if (!(error instanceof NonFiniteError) || nonFinite !== 'skip' || ++skips >= skipsInARow)
            throw error;
          skipped = error.message;
        }
        // Both before anything moves: if one fails, the state of the last event is still whole.
        let following: IteratorResult<Delivered<Batch>>;
        let update: ReturnType<typeof optimizer.update<Params>> | undefined;
        try {
          following = await delivered.next();
          update = found && optimizer.update(params, found.gradients, optimizerState);
        } catch (error) {
          if (found) disposeParams([found.gradients, found.carried ?? []]);
          throw error;
        }
        if (found && update) {
          const moved = applyUpdates(params, update.updates);
          disposeParams([found.gradients, update.updates, optimizerState]);
          disposeUnlessShared(params, moved);
          params = moved;
          optimizerState = update.state;
        }
        if (carried) disposeParams(carried);
        carried = found?.carried;
        step++;
        tokensSeen += tokens;
        ({ cursor, fraction } = next.value);

        next = following;
        const epochEnd = next.done === true;
        if (epochEnd) [epoch, fraction, cursor] = [epoch + 1, 0, undefined];
        const elapsed = (now() - started) / 1000;
        seconds += elapsed;
        const spent = progress();
        const warning = watch(step, tf.memory());
        yield {
          type: 'step',
          step,
          epoch,
          loss: found?.loss ?? Number.NaN,
          ...(skipped !== undefined && { skipped }),
          ...(warning !== undefined && { warning }),
          tokens,
          tokensPerSecond: tokens / Math.max(elapsed, 1e-9),
          seconds,
          progress: spent,
          secondsLeft: spent > 0 ? (seconds * (1 - spent)) / spent : Number.POSITIVE_INFINITY,
          epochEnd,
          state: current(),
        };
        if (progress() >= 1 || signal?.aborted) break;
        if (next.done) break; // the epoch's evaluation comes with the next one's beginning
        if (isDue()) yield* evaluate(true);
        if (exhausted() || signal?.aborted) break;
        started = now();
      }
    } finally {
      await delivered.return?.();
    }
  }
  const reason = progress() >= 1 ? 'budget' : exhausted() ? 'patience' : 'aborted';
  // What stopped for want of patience was evaluated at this step.
  if (validation && reason === 'budget' && validated?.step !== step) yield* evaluate(false);
  yield { type: 'end', reason, state: current() };
}

function checkBudget(budget: FitOptions<ParamTree, unknown>['budget']): void {
  const limits = Object.entries(budget).filter(([, limit]) => limit !== undefined);
  if (limits.length === 0) throw new Error('fit: `budget` is empty, expected epochs, steps or seconds.');
  for (const [name, limit] of limits) checkNumber('fit', `budget.${name}`, limit, 'a positive number');
}

/** `tf.Variable`s are updated in place and live on. */
function disposeUnlessShared(old: ParamTree, now: ParamTree): void {
  const kept = new Set(flattenParams(now).map(([, tensor]) => tensor));
  for (const [, tensor] of flattenParams(old)) if (!kept.has(tensor)) tensor.dispose();
}
