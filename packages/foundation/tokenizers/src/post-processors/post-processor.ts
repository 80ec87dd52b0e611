import type { Component } from '../tokenizer-file.ts';

/** A place in a template: the first or the second text, or special tokens. */
export type TemplatePart =
  | { sequence: 'A' | 'B'; typeId: number }
  | { id: string; ids: readonly number[]; tokens: readonly string[]; typeId: number };

/** Puts special tokens around one text or a pair. */
export interface PostProcessor {
  /** What comes where; undefined leaves the texts as they are. */
  template(pair: boolean): readonly TemplatePart[] | undefined;
  /** Whether white space at the ends of a token is no part of its offsets. */
  readonly trimsOffsets: boolean;
  toJSON(): Component;
}

/** @throws Error if more than one of them has a template */
export function postProcessorSequence(processors: readonly PostProcessor[]): PostProcessor {
  const withTemplate = processors.filter((processor) => processor.template(false) !== undefined);
  if (withTemplate.length > 1) {
    throw new Error(
      `postProcessorSequence: ${withTemplate.length} of the post-processors put special tokens, expected one. Leave the others out.`,
    );
  }
  return {
    template: (pair) => withTemplate[0]?.template(pair),
    trimsOffsets: processors.some(({ trimsOffsets }) => trimsOffsets),
    toJSON: () => ({ type: 'Sequence', processors: processors.map((processor) => processor.toJSON()) }),
  };
}

/** Trims the offsets of byte-level tokens, and adds nothing. */
export function byteLevelPostProcessor({
  trimOffsets = true,
}: {
  trimOffsets?: boolean;
} = {}): PostProcessor {
  return {
    template: () => undefined,
    trimsOffsets: trimOffsets,
    toJSON: () => ({ type: 'ByteLevel', add_prefix_space: true, trim_offsets: trimOffsets, use_regex: true }),
  };
}
