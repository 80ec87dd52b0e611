import type { CellName } from '@ostinato/language-model';
import type { OptimizerName, ScheduleName } from './lm-optimizer-names.ts';

/** The options of `ostinato lm train`, as the command line gives them. */
export interface TrainOptions {
  out: string;
  level: 'char' | 'word';
  /** A tokenizer file to use in the place of a level. */
  tokenizer?: string;
  /** So many tokens of a level at most, the others are unknown. */
  vocabulary?: number;
  cell: CellName;
  hidden: number;
  layers: number;
  embedding?: number;
  tied?: boolean;
  dropout: number;
  embeddingDropout?: number;
  inputDropout?: number;
  hiddenDropout?: number;
  outputDropout?: number;
  weightDrop?: number;
  batch: number;
  bptt: number;
  epochs?: number;
  steps?: number;
  minutes?: number;
  learningRate?: number;
  optimizer: OptimizerName;
  schedule: ScheduleName;
  warmup: number;
  weightDecay?: number;
  ema?: number;
  patience?: number;
  keep: number;
  checkpointEvery: number;
  seed: number;
  order?: number;
  valid?: string;
  validFraction: number;
  resume?: boolean;
}
