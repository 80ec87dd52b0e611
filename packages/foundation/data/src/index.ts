export { type AddingBatch, addingBaseline, addingProblem } from './adding-problem.ts';
export {
  type BpttCursor,
  type BpttOptions,
  type BpttPlan,
  type BpttShape,
  type BpttWindow,
  bpttPlan,
  bpttWindows,
} from './bptt-windows.ts';
export type { ByteSource } from './byte-source.ts';
export {
  type CopyBatch,
  type CopyShape,
  copyBaseline,
  copyMemory,
  copyVocabularySize,
} from './copy-memory.ts';
export { DataError } from './data-error.ts';
export { decodeText, type TextStatistics, type TextStream } from './decode-text.ts';
export { embeddedReber, type ReberBatch, reberSymbols } from './embedded-reber.ts';
export type { Random } from './random.ts';
export { type TemporalOrderBatch, temporalOrder, temporalOrderSymbols } from './temporal-order.ts';
export { memoryTokens, sliceTokens, type TokenSource } from './token-source.ts';
