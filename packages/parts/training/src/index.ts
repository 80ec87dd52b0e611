export { type AdamConfig, type AdamWConfig, adam, adamW } from './adam.ts';
export { clipByGlobalNorm, globalNorm } from './clip-by-global-norm.ts';
export {
  type BatchLoss,
  type BatchSource,
  type Delivered,
  type EndEvent,
  type FitOptions,
  fit,
  type StepEvent,
} from './fit.ts';
export { NonFiniteError } from './follow-loss.ts';
export { applyUpdates, chain, type Optimizer } from './optimizer.ts';
export { type RmspropConfig, rmsprop } from './rmsprop.ts';
export { type SgdConfig, sgd } from './sgd.ts';
export { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';
