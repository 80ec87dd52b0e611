import { AlignedTextBuilder } from '../aligned-text.ts';
import { leaveOut, lowercase, mapCharacters } from './character-normalizers.ts';
import type { Normalizer } from './normalizer.ts';
import { unicodeForm } from './unicode-form.ts';

export type BertNormalizerOptions = {
  /** Leaves control characters out and makes every white space a space. True unless told. */
  cleanText?: boolean;
  /** Puts spaces around each Han character. True unless told. */
  handleChineseCharacters?: boolean;
  /** As `lowercase` unless told. */
  stripAccents?: boolean;
  /** True unless told. */
  lowercase?: boolean;
};

const han = new RegExp(
  '[\\u4E00-\\u9FFF\\u3400-\\u4DBF\\u{20000}-\\u{2A6DF}\\u{2A700}-\\u{2B73F}\\u{2B740}-\\u{2B81F}\\u{2B920}-\\u{2CEAF}' +
    '\\uF900-\\uFAFF\\u{2F800}-\\u{2FA1F}]',
  'u',
);
const dropped = /[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}]/u;
const whiteSpace = /\p{White_Space}/u;

/** What BERT does to a text (Devlin et al. 2019, https://arxiv.org/abs/1810.04805). */
export function bertNormalizer(options: BertNormalizerOptions = {}): Normalizer {
  const { cleanText = true, handleChineseCharacters = true, lowercase: lower = true } = options;
  const withoutAccents = options.stripAccents ?? lower;
  const decomposed = unicodeForm('NFD');
  const withoutMarks = leaveOut(/\p{Mn}/u, '');
  return {
    cuts: 'before white space',
    normalize(source) {
      let text = source;
      if (cleanText) {
        text = mapCharacters(text, (character) => {
          if (dropped.test(character)) return '';
          return whiteSpace.test(character) ? ' ' : character;
        });
      }
      if (handleChineseCharacters && han.test(text.text)) {
        const builder = new AlignedTextBuilder(text);
        let at = 0;
        for (const character of text.text) {
          const end = at + character.length;
          const spaced = han.test(character);
          if (spaced) builder.replace(at, at, ' ');
          builder.keep(at, end);
          if (spaced) builder.replace(end, end, ' ');
          at = end;
        }
        text = builder.finish();
      }
      if (withoutAccents) text = withoutMarks.normalize(decomposed.normalize(text));
      return lower ? lowercase().normalize(text) : text;
    },
    toJSON: () => ({
      type: 'BertNormalizer',
      clean_text: cleanText,
      handle_chinese_chars: handleChineseCharacters,
      strip_accents: options.stripAccents ?? null,
      lowercase: lower,
    }),
  };
}
