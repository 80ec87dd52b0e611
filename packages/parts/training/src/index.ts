export { type AdamConfig, adam } from './adam.ts';
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
export { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';
