export { type CellName, checkConfig, type DropoutRates, type LanguageModelConfig } from './config.ts';
export { type GenerateOptions, generate } from './generate.ts';
export {
  type LanguageModel,
  type LanguageModelBatch,
  type LanguageModelParams,
  type LanguageModelState,
  languageModel,
} from './language-model.ts';
export { type SamplingOptions, sampleToken } from './sample-token.ts';
export { type Score, type ScoreOptions, score, type TokenSequence } from './score.ts';
