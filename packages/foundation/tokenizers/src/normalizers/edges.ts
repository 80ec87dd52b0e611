import { AlignedTextBuilder } from '../aligned-text.ts';
import type { Normalizer } from './normalizer.ts';

/** Takes white space away at the ends of a text. */
export function strip({ left = true, right = true }: { left?: boolean; right?: boolean } = {}): Normalizer {
  return {
    cuts: 'nowhere',
    normalize(source) {
      const { text } = source;
      const from = left ? (/^\p{White_Space}*/u.exec(text)?.[0].length ?? 0) : 0;
      let to = text.length;
      if (right) while (to > from && /\p{White_Space}/u.test(text[to - 1]!)) to--;
      return source.slice(from, to);
    },
    toJSON: () => ({ type: 'Strip', strip_left: left, strip_right: right }),
  };
}

/** Puts a text before every text that is not empty. */
export function prepend(prefix: string): Normalizer {
  return {
    cuts: 'nowhere',
    normalize(text) {
      if (text.text === '') return text;
      const builder = new AlignedTextBuilder(text);
      builder.replace(0, 0, prefix);
      builder.keep(0, text.text.length);
      return builder.finish();
    },
    toJSON: () => ({ type: 'Prepend', prepend: prefix }),
  };
}
