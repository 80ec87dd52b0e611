import { AlignedTextBuilder } from '../aligned-text.ts';
import type { PreTokenizer } from './pre-tokenizer.ts';
import { splitBy } from './split.ts';

export type MetaspaceOptions = {
  /** What stands for a space; ▁ (U+2581) unless told. */
  replacement?: string;
  /** Puts it before every text, before the first alone, or before none. Always unless told. */
  prependScheme?: 'always' | 'first' | 'never';
  /** Cuts before it. True unless told. */
  split?: boolean;
};

/** SentencePiece's way with spaces: they are a visible character that belongs to the word after it. */
export function metaspacePreTokenizer({
  replacement = '\u2581',
  prependScheme = 'always',
  split = true,
}: MetaspaceOptions = {}): PreTokenizer {
  const pattern = {
    forEachMatch(text: string, callback: (start: number, end: number) => void) {
      const width = replacement.length;
      for (let at = text.indexOf(replacement); at >= 0; at = text.indexOf(replacement, at + width)) {
        callback(at, at + width);
      }
    },
  };
  return {
    // Without a cut of its own, the model may join what is on both sides.
    cuts: split ? 'before a space' : 'nowhere',
    preTokenize(source) {
      const { text } = source;
      const builder = new AlignedTextBuilder(source);
      const prepends = prependScheme === 'always' || (prependScheme === 'first' && source.start(0) === 0);
      if (prepends && text !== '' && !text.startsWith(replacement) && !text.startsWith(' ')) {
        builder.replace(0, 0, replacement);
      }
      let kept = 0;
      for (let at = text.indexOf(' '); at >= 0; at = text.indexOf(' ', at + 1)) {
        builder.keep(kept, at);
        builder.replace(at, at + 1, replacement);
        kept = at + 1;
      }
      builder.keep(kept, text.length);
      const marked = builder.finish();
      return split ? splitBy(marked, pattern, 'MergedWithNext') : [marked];
    },
    toJSON: () => ({ type: 'Metaspace', replacement, prepend_scheme: prependScheme, split }),
  };
}
