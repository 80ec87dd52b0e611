export { type Bidirectional, type BidirectionalOptions, bidirectional } from './bidirectional.ts';
export { bidirectionalReader, type SequenceReader } from './bidirectional-reader.ts';
export type {
  Cell,
  CellConfig,
  CellSteps,
  FusedCell,
  FusedOptions,
  SequenceLayer,
  Step,
  Unrolled,
} from './cell.ts';
export { describeDiagnosis } from './describe-diagnosis.ts';
export { type DiagnoseOptions, type Diagnosis, diagnose } from './diagnose.ts';
export { type GruConfig, type GruParams, gru } from './gru.ts';
export { type GruResetBeforeParams, gruResetBefore } from './gru-reset-before.ts';
export { type IndRnnParams, indRnn } from './ind-rnn.ts';
export { chronoBias, gateBias, glorotUniform, type Initialiser, lecunUniform } from './initialisers.ts';
export { type LayerNormLstmParams, layerNormLstm } from './layer-norm-lstm.ts';
export { linearScan } from './linear-scan.ts';
export { type LstmConfig, type LstmParams, type LstmState, lstm } from './lstm.ts';
export { type MinGruParams, minGru } from './min-gru.ts';
export { type MinLstmConfig, type MinLstmParams, minLstm } from './min-lstm.ts';
export { orthogonal } from './orthogonal.ts';
export { recurrentDropout } from './recurrent-dropout.ts';
export { type RnnParams, reluRnn, rnn } from './rnn.ts';
export {
  type LayerConfig,
  type StackConfig,
  type StackOptions,
  type StackParams,
  type StackState,
  stack,
} from './stack.ts';
export { type CellStepper, stepper } from './stepper.ts';
export { type UnrollOptions, unroll } from './unroll.ts';
export { type UnrollWindowsOptions, unrollWindows } from './unroll-windows.ts';
export { type ZoneoutRates, zoneout } from './zoneout.ts';
