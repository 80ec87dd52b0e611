import {
  adagrad,
  adam,
  adamW,
  averagedSgd,
  averageParams,
  chain,
  clipByGlobalNorm,
  constantSchedule,
  cosineSchedule,
  decayWeights,
  exponentialSchedule,
  ntAsgd,
  type Optimizer,
  oneCycleSchedule,
  reduceOnPlateau,
  rmsprop,
  type Schedule,
  sgd,
  slantedTriangularSchedule,
  stepSchedule,
  warmUp,
} from '@ostinato/training';
import type { OptimizerName, ScheduleName } from './lm-optimizer-names.ts';
import type { TrainingConfig } from './model-directory.ts';

/** What each optimizer takes for a rate when none is given. */
export const learningRates: Record<OptimizerName, number> = {
  adam: 0.004,
  adamw: 0.004,
  rmsprop: 0.004,
  adagrad: 0.05,
  sgd: 1,
  asgd: 1,
  'nt-asgd': 1,
};

/** Whether a schedule must know the length of the run. */
export function hasEnd(schedule: ScheduleName): boolean {
  return schedule !== 'constant' && schedule !== 'plateau';
}

/** The optimizer of a language model: clipping, decay of everything but biases, the optimizer, and averages. */
export function optimizerOf(training: TrainingConfig): Optimizer {
  const { optimizer = 'adam', schedule = 'constant', weightDecay = 0, ema } = training;
  const learningRate = scheduleOf(training);
  const isWeight = (path: string) => !/bias$/i.test(path);
  const optimizers: Record<OptimizerName, () => Optimizer> = {
    adam: () => adam({ learningRate }),
    adamw: () => adamW({ learningRate, weightDecay, decays: isWeight }),
    rmsprop: () => rmsprop({ learningRate }),
    adagrad: () => adagrad({ learningRate }),
    sgd: () => sgd({ learningRate }),
    // From the first step: what a short run can use. λ is --weight-decay's affair.
    asgd: () => averagedSgd({ learningRate, decay: 0, start: 0 }),
    'nt-asgd': () => ntAsgd({ learningRate }),
  };
  const plateau = schedule === 'plateau' ? [reduceOnPlateau({ factor: 0.5, patience: 2 })] : [];
  const averages = optimizer === 'asgd' || optimizer === 'nt-asgd';
  return chain(
    clipByGlobalNorm(1),
    ...(weightDecay > 0 && optimizer !== 'adamw' ? [decayWeights(weightDecay, isWeight)] : []),
    ...(averages ? plateau : []),
    optimizers[optimizer](),
    ...(averages ? [] : plateau),
    ...(ema === undefined ? [] : [averageParams(ema)]),
  );
}

function scheduleOf(training: TrainingConfig): Schedule {
  const { learningRate, schedule = 'constant', scheduleSteps = 1, warmup = 0 } = training;
  const steps = Math.max(1, scheduleSteps - warmup);
  const schedules: Record<ScheduleName, () => Schedule> = {
    constant: () => constantSchedule(learningRate),
    plateau: () => constantSchedule(learningRate),
    // Three falls to a tenth, in even parts; a hundredth of the rate at the end.
    step: () => stepSchedule(learningRate, { every: Math.ceil(steps / 4) }),
    exponential: () => exponentialSchedule(learningRate, { factor: 0.01, every: steps }),
    cosine: () => cosineSchedule(learningRate, { steps }),
    'one-cycle': () => oneCycleSchedule(learningRate, { steps }),
    'slanted-triangular': () => slantedTriangularSchedule(learningRate, { steps }),
  };
  const main = schedules[schedule]();
  return warmup === 0 ? main : warmUp(main, { steps: warmup, startFactor: 1 / warmup });
}
