export { type AdamConfig, adam } from './adam.ts';
export { clipByGlobalNorm, globalNorm } from './clip-by-global-norm.ts';
export {
  type BatchLoss,
  type BatchSource,
  type Delivered,
  type EndEvent,
  type FitOptions,
  fit,
  NonFiniteError,
  type StepEvent,
} from './fit.ts';
export { applyUpdates, chain, type Optimizer } from './optimizer.ts';
export { loadCheckpoint, saveCheckpoint, startTraining, type TrainingState } from './training-state.ts';
