import type { AlignedText } from '../aligned-text.ts';
import { type Cuts, commonCuts } from '../cuts.ts';
import type { Component } from '../tokenizer-file.ts';

/** Changes a text before it is cut, keeping track of where each part comes from. */
export interface Normalizer {
  readonly cuts: Cuts;
  normalize(text: AlignedText): AlignedText;
  toJSON(): Component;
}

/** One after another. */
export function normalizerSequence(normalizers: readonly Normalizer[]): Normalizer {
  return {
    cuts: commonCuts(normalizers.map(({ cuts }) => cuts)),
    normalize: (text) => normalizers.reduce((before, stage) => stage.normalize(before), text),
    toJSON: () => ({ type: 'Sequence', normalizers: normalizers.map((stage) => stage.toJSON()) }),
  };
}
