export { accumulateGradients } from './accumulate-gradients.ts';
export { type AdagradConfig, adagrad } from './adagrad.ts';
export { type AdamConfig, type AdamWConfig, adam, adamW } from './adam.ts';
export { averageParams } from './average-params.ts';
export { type AveragedSgdConfig, averagedSgd, type NtAsgdConfig, ntAsgd } from './averaged-sgd.ts';
export { byPath, freeze, frozen } from './by-path.ts';
export { clipByGlobalNorm, globalNorm } from './clip-by-global-norm.ts';
export { clipByValue } from './clip-by-value.ts';
export { decayWeights } from './decay-weights.ts';
export {
  type BatchLoss,
  type BatchSource,
  type Delivered,
  type EndEvent,
  type EvaluationEvent,
  type FitEvent,
  type FitOptions,
  fit,
  type StepEvent,
} from './fit.ts';
export { NonFiniteError } from './follow-loss.ts';
export type { Loss } from './follow-shares.ts';
export type { MemberPort, TeamWorker } from './member-port.ts';
export { applyUpdates, chain, type Optimizer } from './optimizer.ts';
export { below, type PathFilter } from './path-filter.ts';
export { type ReduceOnPlateauConfig, reduceOnPlateau } from './reduce-on-plateau.ts';
export { type RmspropConfig, rmsprop } from './rmsprop.ts';
export type { LearningRate, Schedule } from './schedule.ts';
export {
  constantSchedule,
  cosineSchedule,
  exponentialSchedule,
  oneCycleSchedule,
  slantedTriangularSchedule,
  stepSchedule,
  warmUp,
} from './schedules.ts';
export { serveGradients } from './serve-gradients.ts';
export { type SgdConfig, sgd } from './sgd.ts';
export { startTeam, type Team, type TeamOptions } from './team.ts';
export {
  type LoadedCheckpoint,
  loadCheckpoint,
  saveCheckpoint,
  startTraining,
  type TrainingState,
} from './training-state.ts';
export type { Metrics, ValidationOptions, ValidationState } from './validation.ts';
