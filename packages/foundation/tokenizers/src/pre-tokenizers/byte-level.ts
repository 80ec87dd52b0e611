import { type AlignedText, AlignedTextBuilder } from '../aligned-text.ts';
import { spellBytes } from '../normalizers/character-normalizers.ts';
import { Pattern } from '../pattern/pattern.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { gpt2Pattern, splitBy } from './split.ts';

export type ByteLevelOptions = {
  /** Puts a space before a text that does not begin with one. False unless told. */
  addPrefixSpace?: boolean;
  /** Cuts by GPT-2's pattern. True unless told. */
  useRegex?: boolean;
  /** Kept for the file; offsets are trimmed by the post-processor. */
  trimOffsets?: boolean;
};

/** Cuts as GPT-2 does, and spells the bytes of UTF-8 as visible characters, so that no text is unknown. */
export function byteLevelPreTokenizer({
  addPrefixSpace = false,
  useRegex = true,
  trimOffsets = true,
}: ByteLevelOptions = {}): PreTokenizer {
  const pattern = useRegex ? new Pattern(gpt2Pattern) : undefined;
  const prefix = (text: AlignedText): AlignedText => {
    if (!addPrefixSpace || text.text === '' || text.text.startsWith(' ')) return text;
    const builder = new AlignedTextBuilder(text);
    builder.replace(0, 0, ' ');
    builder.keep(0, text.text.length);
    return builder.finish();
  };
  return {
    cuts: useRegex ? (addPrefixSpace ? 'before a space' : 'before white space') : 'nowhere',
    preTokenize(source) {
      const text = prefix(source);
      const pieces = pattern ? splitBy(text, pattern, 'Isolated') : [text];
      return pieces.map(spellBytes);
    },
    toJSON: () => ({
      type: 'ByteLevel',
      add_prefix_space: addPrefixSpace,
      trim_offsets: trimOffsets,
      use_regex: useRegex,
    }),
    byteLevel: { prefix, pattern },
  };
}
