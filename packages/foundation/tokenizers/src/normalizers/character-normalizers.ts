import { type AlignedText, AlignedTextBuilder } from '../aligned-text.ts';
import { byteCharacters, forEachByte } from '../byte-characters.ts';
import type { Normalizer } from './normalizer.ts';

/** Lower case, character by character: Σ is σ at the end of a word too, as in Hugging Face's tokenizers. */
export function lowercase(): Normalizer {
  return {
    cuts: 'anywhere',
    normalize(text) {
      // The quick way out keeps texts without capitals as they are.
      if (text.text.toLowerCase() === text.text && !/\p{Lu}|\p{Lt}/u.test(text.text)) return text;
      return mapCharacters(text, (character) => character.toLowerCase());
    },
    toJSON: () => ({ type: 'Lowercase' }),
  };
}

/** Leaves out combining marks: `é` keeps its accent unless `unicodeForm('NFD')` or `('NFKD')` comes before. */
export function stripAccents(): Normalizer {
  return leaveOut(/\p{M}/u, 'StripAccents');
}

/** Leaves control characters out and makes every kind of space a space, as Google's NMT and SentencePiece do. */
export function nmt(): Normalizer {
  const dropped = (unit: number) =>
    (unit >= 1 && unit <= 8) ||
    unit === 0xb ||
    (unit >= 0xe && unit < 0x20) ||
    [0x7f, 0x8f, 0x9f].includes(unit);
  const space = /[\t\n\f\r\xA0\u1680\u2000-\u200F\u2028\u2029\u202F\u205F\u2581\u3000\uFEFF\uFFFD]/u;
  return {
    cuts: 'anywhere',
    normalize: (text) =>
      mapCharacters(text, (character) => {
        if (dropped(character.codePointAt(0)!)) return '';
        return space.test(character) ? ' ' : character;
      }),
    toJSON: () => ({ type: 'Nmt' }),
  };
}

/** Spells every byte of UTF-8 as a visible character, as GPT-2 does. */
export function byteLevelNormalizer(): Normalizer {
  return { cuts: 'anywhere', normalize: spellBytes, toJSON: () => ({ type: 'ByteLevel' }) };
}

/** A text in GPT-2's spelling: one code unit for each byte. */
export function spellBytes(text: AlignedText): AlignedText {
  const builder = new AlignedTextBuilder(text);
  forEachByte(text.text, 0, text.text.length, (byte, from, to) => {
    builder.replace(from, to, byteCharacters[byte]!);
  });
  return builder.finish();
}

/** Leaves out the characters that match. */
export function leaveOut(characters: RegExp, type: string): Normalizer {
  return {
    cuts: 'anywhere',
    normalize: (text) => mapCharacters(text, (character) => (characters.test(character) ? '' : character)),
    toJSON: () => ({ type }),
  };
}

/** Puts another text in the place of each character. */
export function mapCharacters(text: AlignedText, map: (character: string) => string): AlignedText {
  const builder = new AlignedTextBuilder(text);
  let kept = 0;
  let at = 0;
  for (const character of text.text) {
    const end = at + character.length;
    const mapped = map(character);
    if (mapped !== character) {
      builder.keep(kept, at);
      builder.replace(at, end, mapped);
      kept = end;
    }
    at = end;
  }
  if (kept === 0) return text;
  builder.keep(kept, at);
  return builder.finish();
}
