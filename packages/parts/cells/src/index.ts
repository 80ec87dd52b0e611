export type { Cell, CellConfig, FusedCell, FusedOptions, Step, Unrolled } from './cell.ts';
export { type GruParams, gru } from './gru.ts';
export { type LstmParams, type LstmState, lstm } from './lstm.ts';
export { type RnnParams, rnn } from './rnn.ts';
export { type StackParams, type StackState, stack } from './stack.ts';
export { type UnrollOptions, unroll } from './unroll.ts';
