import type { AddedToken } from './added-tokens.ts';
import type { Decoder } from './decoders/decoder.ts';
import type { Model, Sampling } from './models/model.ts';
import type { Normalizer } from './normalizers/normalizer.ts';
import type { Padding } from './padding.ts';
import type { PostProcessor } from './post-processors/post-processor.ts';
import type { PreTokenizer } from './pre-tokenizers/pre-tokenizer.ts';
import type { Truncation } from './truncation.ts';

/** The stages of a tokenizer, in the order in which a text goes through them. Only the model is needed. */
export type TokenizerStages = {
  addedTokens?: readonly AddedToken[] | undefined;
  normalizer?: Normalizer | undefined;
  preTokenizer?: PreTokenizer | undefined;
  model: Model;
  postProcessor?: PostProcessor | undefined;
  /** Back from tokens to text. */
  decoder?: Decoder | undefined;
  truncation?: Truncation | undefined;
  padding?: Padding | undefined;
};

export type ReadOptions = {
  /** Whether a text that spells a special token, such as `<s>`, gives its id. True unless told; else it is text. */
  readSpecialTokens?: boolean;
};

export type EncodeOptions = ReadOptions & {
  /** A second text, for models that read two. */
  pair?: string;
  /** Whether the post-processor puts its tokens. True unless told. */
  addSpecialTokens?: boolean;
  /** Segments at random: BPE dropout, or sampling from a unigram model. */
  sampling?: Sampling;
};

export type DecodeOptions = {
  /** Leaves out special tokens, except the unknown one, which stands for text. True unless told. */
  skipSpecialTokens?: boolean;
};

/** The pushes and the end, joined, are what `decode` gives for the same ids. */
export interface StreamDecoder {
  /**
   * The text that is certain once this id is there: never half a character.
   * @throws RangeError if the id is not in the vocabulary
   */
  push(id: number): string;
  /** What was held back. */
  end(): string;
}

/** A part of a text that arrives in chunks, and its tokens: `text.slice(starts[i], ends[i])` is what token i comes from. */
export type TokenizedPart = {
  text: string;
  ids: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
};
