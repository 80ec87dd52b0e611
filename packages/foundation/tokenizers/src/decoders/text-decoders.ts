import { Pattern } from '../pattern/pattern.ts';
import type { PatternSource } from '../pattern/text-pattern.ts';
import { type Decoder, fusing } from './decoder.ts';

/** Makes one token of all, for the decoders after it. */
export function fuseDecoder(): Decoder {
  return {
    start(sink) {
      const fused = fusing(sink);
      return { push: (text) => fused.add(text), end: fused.end };
    },
    toJSON: () => ({ type: 'Fuse' }),
  };
}

/**
 * Puts a text in the place of every match within a token.
 * @throws PatternError if a regular expression is not supported
 */
export function replaceDecoder(source: PatternSource, content: string): Decoder {
  const pattern = new Pattern(
    'Regex' in source ? source.Regex : source.String.replace(/[\\^$.*+?()[\]{}|&-]/g, '\\$&'),
  );
  return {
    start(sink) {
      // What is not certain yet, with the character before it, which the pattern may look at.
      let held = '';
      let from = 0;
      /** Where the last match ended. */
      let done = -1;
      let begun = false;
      const budget = pattern.budget(0);
      return {
        push(text, begins, ends) {
          if (begins) [held, from, done, begun] = ['', 0, -1, false];
          held += text;
          let more = text.length;
          let changed = '';
          // The end of the token has a place too, for a match that is empty; an empty token has none.
          while (from < held.length || (ends && from === held.length && held !== '')) {
            const end = pattern.matchAt(held, from);
            budget(from, more);
            more = 0;
            if (!ends && pattern.reachedEnd(held)) break;
            if (end > from || (end === from && done < from)) {
              changed += content;
              done = end;
            }
            if (end > from) from = end;
            else {
              const next = from + ((held.codePointAt(from) ?? 0) > 0xffff ? 2 : 1);
              changed += held.slice(from, next);
              from = next;
            }
          }
          if (changed !== '' || ends) {
            sink(changed, !begun, ends);
            begun = true;
          }
          if (from > 2) {
            done -= from - 2;
            held = held.slice(from - 2);
            from = 2;
          }
        },
        end() {},
      };
    },
    toJSON: () => ({ type: 'Replace', pattern: source, content }),
  };
}

/** Takes up to so many of a character away at the ends of each token. */
export function stripDecoder(content: string, start: number, stop: number): Decoder {
  return {
    start(sink) {
      let left = 0;
      let held = '';
      let begun = false;
      return {
        push(text, begins, ends) {
          if (begins) [left, held, begun] = [start, '', false];
          let rest = held + text;
          while (left > 0 && content !== '' && rest.startsWith(content)) {
            rest = rest.slice(content.length);
            left--;
          }
          if (rest !== '') left = 0;
          let kept = rest.length;
          for (let i = 0; i < stop && content !== '' && rest.slice(0, kept).endsWith(content); i++)
            kept -= content.length;
          held = ends ? '' : rest.slice(kept);
          if (kept > 0 || ends) {
            sink(rest.slice(0, kept), !begun, ends);
            begun = true;
          }
        },
        end() {},
      };
    },
    toJSON: () => ({ type: 'Strip', content, start, stop }),
  };
}
