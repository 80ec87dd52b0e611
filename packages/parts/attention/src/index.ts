export {
  type AdditiveAttentionConfig,
  type AdditiveAttentionParams,
  additiveAttention,
} from './additive.ts';
export { type Attended, attend, prepareMemory } from './attend.ts';
export type { Attention, AttentionConfig, AttentionMemory } from './attention.ts';
export { type ConcatAttentionConfig, type ConcatAttentionParams, concatAttention } from './concat.ts';
export { coverageLoss } from './coverage.ts';
export {
  type DotAttentionParams,
  dotAttention,
  type GeneralAttentionParams,
  generalAttention,
} from './dot.ts';
export { maskedSoftmax } from './masked-softmax.ts';
export {
  extendMultiHeadMemory,
  initMultiHeadAttention,
  type MultiHeadAttended,
  type MultiHeadAttentionConfig,
  type MultiHeadAttentionParams,
  type MultiHeadMemory,
  type MultiHeadOptions,
  multiHeadAttention,
  prepareMultiHeadMemory,
  selfAttention,
} from './multi-head.ts';
export {
  initLearnedPositions,
  type LearnedPositionsConfig,
  type LearnedPositionsParams,
  learnedPositions,
  sinusoidalPositions,
} from './positions.ts';
