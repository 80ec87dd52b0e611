import { AlignedTextBuilder } from '../aligned-text.ts';
import type { Normalizer } from './normalizer.ts';

/** What may join the character before it: marks, Hangul vowels and finals, halfwidth and compatibility forms of these. */
export const joining: RegExp = /[\p{M}\u1160-\u11FF\u3131-\u318E\uD7B0-\uD7FF\uFF9E\uFF9F\uFFA0-\uFFDC]/u;
const segment = new RegExp(`[\\s\\S]${joining.source}*`, 'gu');

/** Unicode normalization form C, D, KC or KD (https://unicode.org/reports/tr15/). */
export function unicodeForm(form: 'NFC' | 'NFD' | 'NFKC' | 'NFKD'): Normalizer {
  return {
    // A space or line end never joins what stands before it.
    cuts: 'before white space',
    normalize(source) {
      const { text } = source;
      const whole = text.normalize(form);
      if (whole === text) return source;
      const builder = new AlignedTextBuilder(source);
      for (const { 0: part, index } of text.matchAll(segment)) {
        const end = index + part.length;
        const normal = part.normalize(form);
        // A base that keeps its form keeps its place.
        const [base = ''] = part;
        const kept = normal.startsWith(base) ? base.length : 0;
        builder.keep(index, index + kept);
        if (part.slice(kept) === normal.slice(kept)) builder.keep(index + kept, end);
        else builder.replace(index + kept, end, normal.slice(kept));
      }
      const inParts = builder.finish();
      if (inParts.text === whole) return inParts;
      // A newer Unicode has something else that joins: right, but aligned as one.
      const joined = new AlignedTextBuilder(source);
      joined.replace(0, text.length, whole);
      return joined.finish();
    },
    toJSON: () => ({ type: form }),
  };
}
