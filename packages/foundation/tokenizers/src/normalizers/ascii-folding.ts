import { stripAccents } from './character-normalizers.ts';
import { type Normalizer, normalizerSequence } from './normalizer.ts';
import { replace } from './replace.ts';
import { unicodeForm } from './unicode-form.ts';

/** Letters and signs that no normalization form takes apart. */
const folded: Record<string, string> = {
  ...{ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D' },
  ...{
    þ: 'th',
    Þ: 'TH',
    ł: 'l',
    Ł: 'L',
    ħ: 'h',
    Ħ: 'H',
    ı: 'i',
    ŋ: 'n',
    Ŋ: 'N',
    ŧ: 't',
    Ŧ: 'T',
    ƒ: 'f',
    ə: 'e',
  },
  ...{ '‘': "'", '’': "'", '‚': "'", '“': '"', '”': '"', '„': '"', '«': '"', '»': '"', '‹': "'", '›': "'" },
  ...{ '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '−': '-', '⁄': '/', '×': 'x' },
};

/**
 * Latin letters, digits and punctuation in plain ASCII: compatibility forms are taken apart, accents left out, and what
 * no form takes apart is looked up (ß is ss). Other scripts lose their marks and stay. A sequence of normalizers that
 * other readers of `tokenizer.json` know.
 */
export function asciiFolding(): Normalizer {
  const letters = Object.entries(folded).map(([letter, plain]) => replace({ String: letter }, plain));
  return normalizerSequence([unicodeForm('NFKD'), stripAccents(), ...letters]);
}
