import type { PostProcessor, TemplatePart } from './post-processors/post-processor.ts';
import type { Vocabulary } from './vocabulary.ts';

/** A text as tokens, with all that is known of each. Every list has one entry per token. */
export type Encoding = {
  ids: Int32Array;
  tokens: string[];
  /**
   * Where each token comes from, in UTF-16 code units of the text: `text.slice(...offsets[i])`. A token that has part of
   * a character has the whole character; what was inserted, and special tokens, have an empty place.
   */
  offsets: [start: number, end: number][];
  /** Which piece of its text each token belongs to, counted by the pre-tokenizer; −1 for special tokens. */
  wordIds: Int32Array;
  /** 0 for the first text and 1 for the second, unless the post-processor says otherwise. */
  typeIds: Int32Array;
  /** Which text it comes from, 0 or 1; −1 for special tokens. */
  sequenceIds: Int32Array;
  /** 1 for what the post-processor added. */
  specialTokensMask: Uint8Array;
  /** 0 for padding. */
  attentionMask: Uint8Array;
  /** What truncation cut off, in windows of the same form. */
  overflowing: Encoding[];
};

/** The tokens of one text. */
export type EncodedText = {
  ids: Int32Array;
  starts: Int32Array;
  ends: Int32Array;
  words: Int32Array;
};

/** What stands where in a result: a text, or tokens that are added. Without these the texts keep their type ids. */
export function layout(
  postProcessor: PostProcessor | undefined,
  pair: boolean,
  addSpecialTokens: boolean,
): readonly TemplatePart[] {
  const template = postProcessor?.template(pair);
  if (template) return addSpecialTokens ? template : template.filter((part) => 'sequence' in part);
  const plain: TemplatePart[] = [{ sequence: 'A', typeId: 0 }];
  if (pair) plain.push({ sequence: 'B', typeId: 1 });
  return plain;
}

/** Puts texts and special tokens together. */
export function assemble(
  parts: readonly TemplatePart[],
  texts: readonly EncodedText[],
  vocabulary: Vocabulary,
): Encoding {
  const textOf = (part: TemplatePart) =>
    'sequence' in part ? texts[part.sequence === 'A' ? 0 : 1]! : undefined;
  const length = parts.reduce(
    (sum, part) => sum + (textOf(part)?.ids ?? ('ids' in part ? part.ids : [])).length,
    0,
  );
  const result: Encoding = {
    ids: new Int32Array(length),
    tokens: [],
    offsets: [],
    wordIds: new Int32Array(length).fill(-1),
    typeIds: new Int32Array(length),
    sequenceIds: new Int32Array(length).fill(-1),
    specialTokensMask: new Uint8Array(length),
    attentionMask: new Uint8Array(length).fill(1),
    overflowing: [],
  };
  let at = 0;
  for (const part of parts) {
    const text = textOf(part);
    const ids = text?.ids ?? ('ids' in part ? part.ids : []);
    for (let i = 0; i < ids.length; i++, at++) {
      result.ids[at] = ids[i]!;
      result.tokens.push(vocabulary.tokenOf(ids[i]!));
      result.typeIds[at] = part.typeId;
      result.offsets.push(text ? [text.starts[i]!, text.ends[i]!] : [0, 0]);
      if (text) {
        result.wordIds[at] = text.words[i]!;
        result.sequenceIds[at] = 'sequence' in part && part.sequence === 'B' ? 1 : 0;
      } else result.specialTokensMask[at] = 1;
    }
  }
  return result;
}

/** Leaves white space at the ends out of the offsets. */
export function trimOffsets({ starts, ends }: EncodedText, text: string): void {
  for (let i = 0; i < starts.length; i++) {
    while (starts[i]! < ends[i]! && isWhiteSpace(text, starts[i]!)) starts[i]!++;
    while (starts[i]! < ends[i]! && isWhiteSpace(text, ends[i]! - 1)) ends[i]!--;
  }
}

function isWhiteSpace(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit > 0x20 && unit < 0x80) return false;
  return /\p{White_Space}/u.test(text[at]!);
}
