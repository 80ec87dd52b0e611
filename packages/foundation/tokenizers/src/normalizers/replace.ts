import { AlignedTextBuilder } from '../aligned-text.ts';
import type { Cuts } from '../cuts.ts';
import { type PatternSource, textPattern } from '../pattern/text-pattern.ts';
import type { Normalizer } from './normalizer.ts';

/**
 * Puts a text in the place of every match.
 * @throws PatternError if a regular expression is not supported
 */
export function replace(source: PatternSource, content: string): Normalizer {
  const pattern = textPattern(source);
  return {
    cuts: cutsOf(source, content),
    normalize(text) {
      if (text.text === '') return text;
      const builder = new AlignedTextBuilder(text);
      let kept = 0;
      let found = false;
      pattern.forEachMatch(text.text, (start, end) => {
        builder.keep(kept, start);
        builder.replace(start, end, content);
        kept = end;
        found = true;
      });
      if (!found) return text;
      builder.keep(kept, text.text.length);
      return builder.finish();
    },
    toJSON: () => ({ type: 'Replace', pattern: source, content }),
  };
}

/**
 * Nobody knows what a regular expression looks at, but for one that joins spaces to what still begins with one; a
 * single character stands alone.
 */
function cutsOf(source: PatternSource, content: string): Cuts {
  if ('Regex' in source) {
    return source.Regex === ' {2,}' && content.startsWith(' ') ? 'before a space' : 'nowhere';
  }
  return Array.from(source.String).length === 1 ? 'anywhere' : 'nowhere';
}
