export { type CellName, checkConfig, type DropoutRates, type LanguageModelConfig } from './config.ts';
export { diagnoseLayers } from './diagnose-layers.ts';
export { type DynamicOptions, gradientRms } from './dynamic-evaluation.ts';
export { type GenerateOptions, generate } from './generate.ts';
export {
  type LanguageModel,
  type LanguageModelBatch,
  type LanguageModelParams,
  type LanguageModelState,
  type LanguageModelStepper,
  languageModel,
} from './language-model.ts';
export type { CacheOptions } from './neural-cache.ts';
export { type SamplingOptions, sampleToken } from './sample-token.ts';
export { type Score, type ScoreOptions, score } from './score.ts';
export { sliceBatch } from './slice-batch.ts';
export { type SurprisalOptions, type Surprisals, surprisals, type TokenSequence } from './surprisals.ts';
