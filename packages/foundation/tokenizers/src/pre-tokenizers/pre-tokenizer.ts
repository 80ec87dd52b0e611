import type { AlignedText } from '../aligned-text.ts';
import { type Cuts, commonCuts } from '../cuts.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { Component } from '../tokenizer-file.ts';

/** Cuts a text in pieces that a model sees one by one. */
export interface PreTokenizer {
  readonly cuts: Cuts;
  preTokenize(text: AlignedText): AlignedText[];
  toJSON(): Component;
  /** Where all it does is to cut by a pattern, which leaves nothing out. */
  readonly pattern?: Pattern;
  /** Where each character is a piece. */
  readonly characters?: boolean;
  /** Where it spells bytes, after a space where one is added; the pieces are the pattern's, or the whole. */
  readonly byteLevel?: { prefix(text: AlignedText): AlignedText; pattern: Pattern | undefined };
}

/** One after another. */
export function preTokenizerSequence(stages: readonly PreTokenizer[]): PreTokenizer {
  const [first, second] = stages;
  // Such as Llama 3's: a pattern of its own before the bytes.
  const isFused =
    stages.length === 2 &&
    first?.pattern !== undefined &&
    second?.byteLevel !== undefined &&
    second.byteLevel.pattern === undefined &&
    second.toJSON().add_prefix_space === false;
  return {
    cuts: isFused ? first.cuts : commonCuts(stages.map(({ cuts }) => cuts)),
    preTokenize: (text) =>
      stages.reduce((pieces, stage) => pieces.flatMap((piece) => stage.preTokenize(piece)), [text]),
    toJSON: () => ({ type: 'Sequence', pretokenizers: stages.map((stage) => stage.toJSON()) }),
    ...(isFused && { byteLevel: { prefix: (text: AlignedText) => text, pattern: first.pattern } }),
  };
}
