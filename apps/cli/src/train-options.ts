import type { CellName } from '@ostinato/language-model';

/** The options of `ostinato lm train`, as the command line gives them. */
export interface TrainOptions {
  out: string;
  level: 'char' | 'word';
  /** A tokenizer file to use in the place of a level. */
  tokenizer?: string;
  cell: CellName;
  hidden: number;
  layers: number;
  embedding?: number;
  dropout: number;
  batch: number;
  bptt: number;
  epochs?: number;
  steps?: number;
  minutes?: number;
  learningRate: number;
  seed: number;
  order?: number;
  valid?: string;
  validFraction: number;
  resume?: boolean;
}
