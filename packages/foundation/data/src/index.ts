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
export { DataError } from './data-error.ts';
export { decodeText, type TextStatistics, type TextStream } from './decode-text.ts';
export { memoryTokens, sliceTokens, type TokenSource } from './token-source.ts';
